import type { Where } from '#contract/errors.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes with three figures, in powers of 1000 as the command line says them: `12.4 MB`. */
export function bytes(count: number): string {
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** A share of one core: `12 %`, `0.4 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || value < 0.05 ? value.toFixed(0) : value.toFixed(1)} %`;
}

/** How long something takes or took: `0.8 s`, `42 s`, `3:07 min`, `2:10 h`, `5 d`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${twoDigits(seconds % 60)} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}:${twoDigits(minutes % 60)} h`;
  return `${Math.floor(hours / 24)} d`;
}

/** How long ago something was, in one word and a unit: `12 s ago`. */
export function ago(time: number, now: number): string {
  const seconds = Math.round((now - time) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `1 service`, `3 services`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** file:line:column, as far as they are known. */
export function textOfPlace({ file, line, column }: Where): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
