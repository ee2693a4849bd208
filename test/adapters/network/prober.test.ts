import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createProber } from '#adapters/network/prober.ts';
import type { ServiceKind } from '#contract/project.ts';
import type { ProbeResult } from '#ports/prober.ts';

/** Probes a server that does this with every connection. */
async function probe(kind: ServiceKind, serve: (socket: Socket) => void): Promise<ProbeResult> {
  const server = createServer((socket) => serve(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as { port: number };
    return await createProber().probe(kind, { address: '127.0.0.1', port, timeout: 300 }, new AbortController().signal);
  } finally {
    server.close();
  }
}

describe('a probe for HTTP', () => {
  test('takes any answer but a 503 for a server at work', async () => {
    const answering = (line: string) => (socket: Socket) => socket.once('data', () => socket.end(`${line}\r\n\r\n`));
    expect(await probe('http', answering('HTTP/1.1 404 Not Found'))).toEqual({ ok: true });
    expect(await probe('http', answering('HTTP/1.1 503 Service Unavailable'))).toMatchObject({ ok: false });
  });

  test('takes a server that speaks something else on such a port for what it is: at work', async () => {
    expect(await probe('http', (socket) => socket.end('hello'))).toEqual({ ok: true });
    expect(await probe('http', (socket) => socket.once('data', () => socket.end(Buffer.from('15030300020246', 'hex'))))).toEqual({ ok: true });
    expect(await probe('http', (socket) => socket.once('data', () => socket.resetAndDestroy()))).toEqual({ ok: true });
  });

  test('waits for one that is silent, or hangs up on everybody, as a forwarder does when nothing is behind it', async () => {
    expect(await probe('http', () => {})).toMatchObject({ ok: false, why: 'no answer' });
    expect(await probe('http', (socket) => socket.destroy())).toMatchObject({ ok: false, why: 'hangs up' });
  });
});

test('a probe for a database insists on its protocol', async () => {
  expect(await probe('redis', (socket) => socket.end('hello\r\n'))).toMatchObject({ ok: false });
  expect(await probe('redis', (socket) => socket.once('data', () => socket.end('+PONG\r\n')))).toEqual({ ok: true });
});
