import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { send } from '#adapters/deploy/send.ts';

async function startServer(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

const never = () => new AbortController().signal;

test('B60: an answer without an end is read to where it is long enough', async () => {
  let sent = 0;
  const part = Buffer.alloc(256 * 1024, 'x');
  const url = await startServer((request, response) => {
    request.resume();
    const more = () => {
      while (!response.destroyed && response.write(part)) sent += part.length;
    };
    response.on('drain', more);
    more();
  });
  const { status, text } = await send({ url, method: 'POST', body: '{}' }, 'the hook', never());
  expect(status).toBe(200);
  expect(text).toBe('x'.repeat(1024 * 1024));
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

test('F36: a receiver that fails is asked some times more, one that redirects is not followed, and one that hangs ends with its signal', async () => {
  const broken = await startServer((_request, response) => void response.writeHead(503).end('no room'));
  const givenUp = expect(send({ url: broken, method: 'POST', body: '{}' }, 'The hook', never())).rejects.toMatchObject({ message: 'The hook still answers 503, after 4 tries', cause: 'no room' });

  let asked = 0;
  const failing = await startServer((_request, response) => void response.writeHead(++asked < 3 ? 500 : 200).end('at last'));
  expect(await send({ url: failing, method: 'POST', body: '{}' }, 'the hook', never())).toMatchObject({ status: 200, text: 'at last' });
  expect(asked).toBe(3);

  let turns = 0;
  const circle: string = await startServer((_request, response) => void response.writeHead(307, { location: circle }).end(String(++turns)));
  expect(await send({ url: circle, method: 'POST', body: '{}' }, 'the hook', never())).toMatchObject({ status: 307, text: '1' });

  const ending = new AbortController();
  const hung = await startServer(() => ending.abort());
  await expect(send({ url: hung, method: 'POST', body: '{}' }, 'the hook', ending.signal)).rejects.toMatchObject({ code: 'cancelled' });
  await givenUp;
});
