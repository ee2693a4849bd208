import type { LogChunk } from '#ports/container-engine.ts';
import { callEngine, fail, reading, streamFromEngine } from './calls.ts';
import type { Connection } from './connection.ts';
import { DEADLINE } from './deadline.ts';
import { describeDetails } from './describe.ts';
import { framedLines, rawLines } from './log-lines.ts';

export type LogOptions = { readonly follow: boolean; readonly tail?: number; readonly since?: string };

/** A container's log, one batch of lines for each piece that the engine sends. The engine is read only as fast as batches are taken. */
export async function* readLogs(connection: Connection, id: string, options: LogOptions, signal: AbortSignal): AsyncGenerator<readonly LogChunk[]> {
  const path = `/containers/${encodeURIComponent(id)}`;
  const found = await callEngine(connection, reading('look at the container'), signal, (modem, until) => modem.call({ method: 'GET', path: `${path}/json` }, until));
  const reader = describeDetails(found).tty ? rawLines() : framedLines();
  const query = {
    stdout: 1,
    stderr: 1,
    timestamps: 1,
    follow: options.follow ? 1 : 0,
    ...(options.tail !== undefined && { tail: options.tail }),
    ...(options.since !== undefined && { since: engineTime(options.since) }),
  };
  const stream = { ...reading("read the container's log"), ...(!options.follow && { idle: DEADLINE.logsIdle }) };
  try {
    for await (const piece of streamFromEngine(connection, stream, signal, { method: 'GET', path: `${path}/logs`, query })) {
      const lines = reader.push(piece);
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    throw fail(connection, error, stream.doing);
  }
  const rest = reader.end();
  if (rest.length > 0) yield rest;
}

/** The engine takes seconds with nanoseconds; a time in its own notation is turned into that without losing digits. */
function engineTime(time: string): string {
  const [, whole, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(time) ?? [];
  if (whole === undefined) return time;
  return `${Date.parse(`${whole}Z`) / 1000}.${fraction.padEnd(9, '0')}`;
}
