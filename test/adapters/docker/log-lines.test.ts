import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { framedLines, LONGEST_LINE, rawLines, type LineReader } from '#adapters/docker/log-lines.ts';
import fc from '../../support/properties.ts';

const TIME = '2026-11-21T03:41:47.615722261Z';
const PART = 16 * 1024;

function frame(stream: 1 | 2, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

/** A line as the engine stores and sends it: cut at 16 KiB, every part with the time of the first. */
function engineLine(stream: 1 | 2, time: string, line: Buffer): Buffer {
  const full = Buffer.concat([line, Buffer.from('\n')]);
  const parts: Buffer[] = [];
  for (let at = 0; at < full.length; at += PART) parts.push(frame(stream, Buffer.concat([Buffer.from(`${time} `), full.subarray(at, at + PART)])));
  return Buffer.concat(parts);
}

function read(reader: LineReader, bytes: Buffer, cuts: readonly number[] = []) {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const lines = places.slice(1).flatMap((end, index) => reader.push(bytes.subarray(places[index], end)));
  return [...lines, ...reader.end()].map(({ line, ...rest }) => ({ ...rest, line: show(Buffer.from(line)) }));
}

/** Long lines as their length and a digest, so that a failed comparison can be read. */
function show(line: Buffer): string {
  return line.length > 300 ? `${line.length} bytes ${createHash('sha1').update(line).digest('hex')}` : line.toString('latin1');
}

/** Lines as byte values, or as a length: of any byte but a newline and, at the end, a carriage return. */
const anyLog = fc.array(
  fc.record({
    stream: fc.constantFrom(1 as const, 2 as const),
    content: fc.oneof({ weight: 8, arbitrary: fc.array(fc.integer({ min: 14, max: 255 }), { maxLength: 200 }) }, { weight: 1, arbitrary: fc.oneof(fc.integer({ min: PART - 3, max: 8 * PART }), fc.constantFrom(PART - 2, PART - 1, PART, 2 * PART - 1, 4 * PART - 1, 4 * PART, 4 * PART + 1, 5 * PART - 1)) }),
  }),
  { maxLength: 30 },
);
const bytesOf = (content: number | readonly number[]) => (typeof content === 'number' ? Buffer.alloc(content, 'xyz') : Buffer.from(content));
const anyCuts = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 40 });

describe('a log in frames', () => {
  test('gives every line with its stream and time, however the stream is cut', () => {
    fc.assert(
      fc.property(anyLog, anyCuts, (log, cuts) => {
        const given = log.map(({ stream, content }) => ({ stream, line: bytesOf(content) }));
        const times = given.map((_, index) => `2026-11-21T03:41:47.${String(index).padStart(9, '0')}Z`);
        const bytes = Buffer.concat(given.map(({ stream, line }, index) => engineLine(stream, times[index] ?? '', line)));
        const expected = given.map(({ stream, line }, index) => ({
          stream: stream === 1 ? 'stdout' : 'stderr',
          time: times[index],
          line: show(line.subarray(0, LONGEST_LINE)),
          ...(line.length > LONGEST_LINE && { cut: line.length }),
        }));
        expect(read(framedLines(), bytes, cuts)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('cut at every byte it is the same as whole', () => {
    const bytes = Buffer.concat([engineLine(1, TIME, Buffer.from('one')), engineLine(2, TIME, Buffer.from('two\xff')), frame(1, `${TIME} no end`)]);
    const whole = read(framedLines(), bytes);
    expect(whole.map(({ line }) => line)).toEqual(['one', Buffer.from('two\xff').toString('latin1'), 'no end']);
    expect(read(framedLines(), bytes, Array.from({ length: bytes.length }, (_, at) => at))).toEqual(whole);
  });

  test('of 200,000 blank lines in one piece is read without recursion and in little time', () => {
    const bytes = Buffer.concat(Array.from({ length: 200_000 }, () => frame(1, `${TIME} \n`)));
    const began = performance.now();
    expect(framedLines().push(bytes)).toHaveLength(200_000);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test('in one-byte pieces takes time in proportion to its length', () => {
    const bytes = engineLine(1, TIME, Buffer.alloc(400_000, 97));
    const reader = framedLines();
    const began = performance.now();
    const lines = Array.from(bytes, (_, at) => reader.push(bytes.subarray(at, at + 1))).flat();
    expect(lines).toHaveLength(1);
    expect(lines[0]?.cut).toBe(400_000);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test('a line that a restart broke off does not run into the next start', () => {
    const bytes = Buffer.concat([frame(1, `${TIME} broken off`), frame(1, '2026-11-21T03:42:00.000000001Z begun again\n')]);
    expect(read(framedLines(), bytes).map(({ line }) => line)).toEqual(['broken off', 'begun again']);
  });

  test('that is no log of an engine is refused and not guessed at', () => {
    expect(() => framedLines().push(Buffer.from('HTTP/1.1 500 what is this'))).toThrow(/cannot be read/);
    expect(() => framedLines().push(Buffer.from([1, 0, 0, 0, 255, 255, 255, 255]))).toThrow(/cannot be read/);
  });
});

describe('a log of a terminal', () => {
  test('gives the same lines however it is cut, with times out of the middle of long ones', () => {
    const terminalLine = (line: Buffer) => {
      const full = Buffer.concat([line, Buffer.from('\r\n')]);
      return Buffer.concat(Array.from({ length: Math.ceil(full.length / PART) }, (_, part) => Buffer.concat([Buffer.from(`${TIME} `), full.subarray(part * PART, (part + 1) * PART)])));
    };
    fc.assert(
      fc.property(anyLog, anyCuts, (log, cuts) => {
        const given = log.map(({ stream, content }) => ({ stream, line: bytesOf(content) }));
        const bytes = Buffer.concat(given.map(({ line }) => terminalLine(line)));
        const expected = given.map(({ line }) => ({
          stream: 'stdout',
          time: TIME,
          line: show(line.subarray(0, LONGEST_LINE)),
          ...(line.length > LONGEST_LINE && { cut: line.length }),
        }));
        expect(read(rawLines(), bytes, cuts)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
