import { PassThrough, Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { encode, RefusedByRedis, RespClient, type Argument } from '#adapters/redis/resp.ts';
import { keyTables } from '#adapters/redis/scan-keys.ts';

function pair(): { client: RespClient; answer: (text: string | Buffer) => void; asked: () => string } {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const client = new RespClient(Duplex.from({ readable: input, writable: output }));
  return { client, answer: (text) => void input.write(text), asked: () => String(output.read() ?? '') };
}

describe('the protocol of Redis', () => {
  test('replies of every kind are read, however the pieces are cut', async () => {
    const bytes = Buffer.from('+OK\r\n:42\r\n$5\r\na\r\nbc\r\n$-1\r\n*3\r\n$1\r\nx\r\n*1\r\n:1\r\n$0\r\n\r\n');
    for (let at = 1; at < bytes.length; at++) {
      const { client, answer } = pair();
      const replies = client.askAll([['A'], ['B'], ['C'], ['D'], ['E']]);
      answer(bytes.subarray(0, at));
      answer(bytes.subarray(at));
      const [ok, number, text, none, list] = await replies;
      expect([String(ok), number, String(text), none], `cut at ${at}`).toEqual(['OK', 42, 'a\r\nbc', null]);
      expect(list).toEqual([Buffer.from('x'), [1], Buffer.from('')]);
    }
  });

  test('commands go out as bytes, and a refusal rejects after all were answered', async () => {
    expect(encode(['SET', 'k', Buffer.of(0, 255)])).toEqual(Buffer.concat([Buffer.from('*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\n'), Buffer.of(0, 255), Buffer.from('\r\n')]));
    const { client, answer } = pair();
    const replies = client.askAll([['A'], ['B']]);
    answer('-ERR no\r\n+OK\r\n');
    await expect(replies).rejects.toBeInstanceOf(RefusedByRedis);
  });

  test('what waits for a reply is told when the connection ends', async () => {
    const { client } = pair();
    const reply = client.ask('PING');
    client.stream.destroy();
    await expect(reply).rejects.toBeInstanceOf(Error);
  });
});

test('the fields of a hash with more of them than can be columns are not asked for', async () => {
  const asked: string[] = [];
  const client = {
    askAll: async (commands: readonly (readonly Argument[])[]) => {
      asked.push(...commands.map(([name, key]) => `${name} ${String(key)}`));
      return commands.map(([name, key]) => (name === 'HLEN' ? (String(key) === 'seen' ? 5_000_000 : 1) : [Buffer.from('total')]));
    },
  } as unknown as RespClient;
  const { tables } = await keyTables(client, '0', new Map([['hash' as const, ['seen', 'cart']]]));
  expect(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)])).toEqual([
    ['cart', ['expires', 'total']],
    ['seen', ['expires', 'field', 'value']],
  ]);
  expect(asked).toEqual(['HLEN seen', 'HLEN cart', 'HKEYS cart']);
});
