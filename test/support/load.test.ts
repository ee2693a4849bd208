import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startLoad } from './load.ts';

test('requests that nobody answers, or not to their end, are lost ones, each once, and are not waited for without end', async () => {
  let asked = 0;
  const server = http.createServer((_request, response) => {
    asked += 1;
    if (asked % 2 === 0) response.writeHead(200).write('begun');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { answers, stop } = startLoad((server.address() as AddressInfo).port, 300);
    await expect.poll(() => asked).toBeGreaterThan(5);
    await stop();
    expect(answers.length).toBeGreaterThanOrEqual(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([0]));
    expect(new Set(answers.map(({ at }) => at)).size).toBe(answers.length);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}, 10_000);
