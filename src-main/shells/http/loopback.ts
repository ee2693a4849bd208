import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BacklotError } from '#contract/errors.ts';

/** Free ports to try until one is free on both loopback addresses. */
const ATTEMPTS = 10;

/**
 * Listens on 127.0.0.1 and, where this machine has it, on ::1 with the same port, because `localhost` may mean either. `port` 0 takes
 * a port that is free on both.
 */
export async function listenOnLoopback(port: number, create: () => Server): Promise<{ port: number; servers: readonly Server[] }> {
  for (let attempt = 1; ; attempt += 1) {
    const first = create();
    await listen(first, port, '127.0.0.1');
    const chosen = (first.address() as AddressInfo).port;
    const second = create();
    const code = await listen(second, chosen, '::1').then(() => 'listening', codeOf);
    if (code === 'listening') return { port: chosen, servers: [first, second] };
    if (code !== 'port-taken' || port !== 0 || attempt === ATTEMPTS) return { port: chosen, servers: [first] };
    await new Promise((resolve) => first.close(resolve));
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      reject(
        taken
          ? new BacklotError('port-taken', `Port ${port} of ${host} cannot be used`, { cause: error, fix: 'Name another with --port, or leave it out to take a free one.' })
          : error,
      );
    });
    server.listen({ port, host, exclusive: true }, resolve);
  });
}

function codeOf(thrown: unknown): string {
  return thrown instanceof BacklotError ? thrown.code : 'absent';
}
