export type Timestamps = 'off' | 'relative' | 'absolute';

/** A line's time as the view shows it: the local time of day to the millisecond, or how long ago it was. */
export function showTime(time: string, form: Timestamps, now: number): string {
  const at = Date.parse(time);
  if (form === 'off' || Number.isNaN(at)) return '';
  return form === 'absolute' ? timeOfDay(new Date(at)) : ago(Math.max(0, now - at) / 1000);
}

function timeOfDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

function ago(seconds: number): string {
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
