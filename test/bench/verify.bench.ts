import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { faker } from '@faker-js/faker';
import { ByteSearch } from '../../src-main/core/search/byte-search.ts';
import { OriginalSet } from '../../src-main/core/search/original-set.ts';
import { newReport, searchStream } from '../../src-main/core/search/stream-search.ts';
import { alternately, timed, type Measured, type Row } from './bench.ts';

const ORIGINALS = 1_000_000;
const ROWS = 1_200_000;
/** Originals that really are in the stored bytes. */
const PLANTED = 100;
const EVERY = ROWS / PLANTED;
/** Bytes that are read at once: smaller pieces cost a tenth of the processor's time by themselves. */
const READ_AT_ONCE = 1 << 18;
const ROUNDS = 5;

type Files = { readonly originals: string; readonly stored: string; readonly bytes: number };

/** Originals one a line, and stored bytes that are as like them as made-up values are: the same first and last names, other numbers. */
async function withFiles<Result>(body: (files: Files) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'backlot-bench-'));
  const [originals, stored] = [join(folder, 'originals'), join(folder, 'stored')];
  try {
    const next = random(1);
    const made = Array.from({ length: PLANTED }, (_, index) => original(index, next));
    await write(originals, ORIGINALS, (index) => `${made[index] ?? original(index, next)}\n`);
    await write(stored, ROWS, (index) => row(index, next) + (index % EVERY === 0 ? `${made[index / EVERY] ?? ''}\n` : ''));
    return await body({ originals, stored, bytes: (await stat(stored)).size });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const names = { first: faker.definitions.person.first_name.generic ?? [], last: faker.definitions.person.last_name.generic ?? [] };

function original(index: number, next: () => number): string {
  const [first, last, other] = [pick(names.first, next), pick(names.last, next), pick(names.last, next)];
  const number = Math.floor(next() * 1e9);
  const kinds = [`${first}.${last}${number % 10_000}@mail.example`.toLowerCase(), `${first} ${last} ${other}`, `+4917${number}`, `DE${number % 89}5001${number}${number}`.slice(0, 22), `q${number.toString(36).padStart(6, 'x')}z`];
  return kinds[index % kinds.length] ?? '';
}

function row(index: number, next: () => number): string {
  const [first, last, number] = [pick(names.first, next), pick(names.last, next), Math.floor(next() * 1e9)];
  return `${index}\t${first} ${last}\t${first}.${last}${number % 9999}@example.test\t+4915${number}\t2024-03-02 10:20:${number % 60}\tan order of ${number % 12} things, paid\t${(number / 1000).toFixed(2)}\n`;
}

const pick = (list: readonly string[], next: () => number) => list[Math.floor(next() * list.length)] ?? '';

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

async function write(file: string, lines: number, line: (index: number) => string): Promise<void> {
  const stream = createWriteStream(file);
  for (let index = 0; index < lines; ) {
    let text = '';
    for (const end = Math.min(lines, index + 5000); index < end; index++) text += line(index);
    if (!stream.write(text)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
}

async function readOriginals(file: string): Promise<ByteSearch> {
  const set = new OriginalSet();
  for await (const line of createInterface({ input: createReadStream(file) })) set.add(line, 'column');
  return new ByteSearch(set);
}

/** Milliseconds of one search. One that does not find what was planted fails the bench. */
async function search(ready: ByteSearch, stored: string): Promise<{ readonly wall: number; readonly processor: number }> {
  const report = newReport();
  const [began, used] = [performance.now(), process.cpuUsage()];
  await searchStream(ready, report, { name: 'stored', source: createReadStream(stored, { highWaterMark: READ_AT_ONCE }) });
  const { user, system } = process.cpuUsage(used);
  if (report.findings.size < PLANTED) throw new Error(`only ${report.findings.size} of ${PLANTED} were found`);
  return { wall: performance.now() - began, processor: (user + system) / 1000 };
}

async function againstGrep(): Promise<Measured> {
  return withFiles(async ({ originals, stored, bytes }) => {
    const { ours, peer } = await alternately(
      2,
      async () => {
        const began = performance.now();
        await search(await readOriginals(originals), stored);
        return performance.now() - began;
      },
      () => timed('grep', ['-a', '-c', '-F', '-f', originals, stored], { env: { ...process.env, LC_ALL: 'C' } }),
    );
    return { unit: 's', ours: ours.map(seconds), peer: { name: 'grep -F -f', values: peer.map(seconds) }, note: `${ORIGINALS} originals in ${Math.round(bytes / 1e6)} MB, reading them included; ours in six writings, the peer in one` };
  });
}

/** By the processor's time: other work on the machine does not slow that down as much as the clock's. */
async function rate(): Promise<Measured> {
  return withFiles(async ({ originals, stored, bytes }) => {
    const ready = await readOriginals(originals);
    const runs: { readonly wall: number; readonly processor: number }[] = [];
    // The first look is slower, as its code is not compiled yet: a capture looks over gigabytes.
    await search(ready, stored);
    for (let round = 0; round < ROUNDS; round++) runs.push(await search(ready, stored));
    const clock = Math.max(...runs.map(({ wall }) => bytes / 1e3 / wall));
    return { unit: 'MB/s', ours: runs.map(({ processor }) => bytes / 1e3 / processor), higherIsBetter: true, note: `${ORIGINALS} originals, ${Math.round(process.memoryUsage().rss / 1e6)} MB resident; by the clock ${clock.toFixed(0)} MB/s` };
  });
}

const seconds = (milliseconds: number) => milliseconds / 1000;

export const verifyRows: readonly Row[] = [
  { name: 'verify: search for a million originals, reading them included', goal: 0.2, measure: againstGrep },
  { name: 'verify: rate of the search for a million originals, one core', goal: 200, measure: rate },
];
