import { describe, expect, test } from 'vitest';
import { JsonLines, LARGEST_OBJECT } from '#adapters/docker/json-lines.ts';
import fc from '../../support/properties.ts';

function read(bytes: Buffer, cuts: readonly number[] = []): unknown[] {
  const lines = new JsonLines();
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const values = places.slice(1).flatMap((end, index) => [...lines.push(bytes.subarray(places[index], end))]);
  return [...values, ...lines.end()];
}

describe('a stream of JSON', () => {
  test('gives the same values however it is cut', () => {
    const anyObjects = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant('}{'))), { maxLength: 20 });
    fc.assert(
      fc.property(anyObjects, fc.constantFrom('\n', '\r\n', '\n\x1e', ''), fc.array(fc.nat({ max: 100_000 }), { maxLength: 20 }), (objects, separator, cuts) => {
        const expected = objects.map((object): unknown => JSON.parse(JSON.stringify(object)));
        expect(read(Buffer.from(objects.map((object) => JSON.stringify(object)).join(separator)), cuts)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('F11: two objects in one piece, a split one and the records of json-seq are all read', () => {
    expect(read(Buffer.from('{"a":1}{"b":2}\n'))).toEqual([{ a: 1 }, { b: 2 }]);
    expect(read(Buffer.from('\x1e{"a":1}\n\x1e{"b":"é"}\n'), [4, 15, 16])).toEqual([{ a: 1 }, { b: 'é' }]);
    expect(read(Buffer.from('{"a":"}{"}{"b":2}'))).toEqual([{ a: '}{' }, { b: 2 }]);
  });

  test('F11: a malformed line is an error', () => {
    expect(() => read(Buffer.from('{"a":1}\n{"b":\n'))).toThrow(/not JSON/);
    expect(() => read(Buffer.from(`${'}{'.repeat(100_000)}\n`))).toThrow(/not JSON/);
  });

  test('F11: a message of more than 4 MiB is an error, and is not kept', () => {
    const lines = new JsonLines();
    expect(() => {
      for (let sent = 0; sent <= LARGEST_OBJECT; sent += 65536) expect([...lines.push(Buffer.alloc(65536, 97))]).toEqual([]);
    }).toThrow(/4 MiB/);
  });
});
