import { callEngine, changing, reading, streamFromEngine } from './calls.ts';
import type { Connection } from './connection.ts';

type Place = { readonly connection: Connection; readonly container: string };

/** Milliseconds without a byte after which reading files counts as hung. */
const IDLE = 60_000;

/** Milliseconds that a stream of files may take in all: it ends with its source, and with the connection. */
const STREAM_LIMIT = 24 * 3_600_000;

/** Unpacks a tar archive into a folder of a container. The engine mounts the container's volumes for it where it does not run. */
export async function putFiles({ connection, container }: Place, folder: string, archive: Uint8Array | AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const call = { method: 'PUT', path: pathOf(container), query: { path: folder }, body: archive };
  const doing = changing('put files into the container');
  await callEngine(connection, archive instanceof Uint8Array ? doing : { ...doing, deadline: STREAM_LIMIT }, signal, (modem, until) => modem.call(call, until));
}

/** What a path of a container holds, as a tar archive, read as fast as it is taken. */
export function getFiles({ connection, container }: Place, path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  return streamFromEngine(connection, { ...reading('read files of the container'), idle: IDLE }, signal, { method: 'GET', path: pathOf(container), query: { path } });
}

function pathOf(container: string): string {
  return `/containers/${encodeURIComponent(container)}/archive`;
}
