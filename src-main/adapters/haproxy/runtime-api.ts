import { createConnection } from 'node:net';

const LIMIT = 5000;

/** Sends commands of HAProxy's runtime API to its socket, a path or `host:port`, and answers what it says. */
export function askHaproxy(socket: string, command: string, signal: AbortSignal): Promise<string> {
  const place = /^(?:tcp:\/\/)?([\w.-]+|\[[0-9a-f:]+\]):(\d+)$/.exec(socket);
  return new Promise((resolve, reject) => {
    const connection = place ? createConnection({ host: place[1] ?? '', port: Number(place[2]) }) : createConnection({ path: socket.replace(/^unix:(?:\/\/)?/, '') });
    let text = '';
    const end = (error: Error) => connection.destroy(error);
    const onAbort = () => end(new Error('cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
    connection.setTimeout(LIMIT, () => end(new Error(`no answer within ${LIMIT / 1000} s`)));
    connection.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    connection.once('error', reject);
    connection.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(text);
    });
    connection.end(`${command}\n`);
  });
}
