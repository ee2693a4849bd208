import type { Option } from './command.ts';
import { choiceFix, quote, UsageError } from './usage.ts';

const SECONDS = { '': 1, s: 1, m: 60, h: 3600 } as const;

/** The value of an option, checked and in its own type. */
export function parseValue(spelled: string, value: string, { label, kind, choices, range, orZero }: NonNullable<Option['value']>): string | number {
  const refuse = (fix: string) => new UsageError(`${spelled} is ${quote(value)}`, fix);
  if (choices && !choices.includes(value)) throw refuse(choiceFix(value, choices));
  switch (kind) {
    case 'text':
      if (value === '') throw refuse(`Give a value: ${spelled} ${label}`);
      return value;
    case 'count': {
      const isMeant = /^\d{1,15}$/.test(value) && (!range || (Number(value) >= range[0] && Number(value) <= range[1]));
      if (!isMeant) throw refuse(range ? `Give a whole number from ${range[0]} to ${range[1]}: ${spelled} ${label}` : `Give a whole number: ${spelled} 100`);
      return Number(value);
    }
    case 'port': {
      if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) throw refuse(`Give a port from 0 to 65535: ${spelled} 7777`);
      return Number(value);
    }
    case 'seconds': {
      const seconds = parseSeconds(value);
      if (seconds === undefined || (seconds === 0 && !orZero)) throw refuse(`Give seconds or a duration${seconds === 0 ? ', more than 0' : ''}: ${spelled} 90, ${spelled} 2m30s`);
      return seconds;
    }
    default:
      return kind satisfies never;
  }
}

/** Seconds of 90, 1.5, 90s, 2m, 1h30m; `undefined` for anything else. */
export function parseSeconds(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[smh]?)+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smh]?)/g)];
  if (parts.length > 1 && parts.some(([, , unit]) => unit === '')) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * SECONDS[(unit ?? '') as keyof typeof SECONDS], 0);
}
