import path from 'node:path/posix';
import { toFailure } from '#contract/errors.ts';
import type { TestResult } from '#contract/runs.ts';
import type { StageFile } from '#features/project/schema/stage-schema.ts';
import { formatBytes } from '#features/system/format-bytes.ts';
import { filesOfTar } from '#features/fixtures/verify/read-tar.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import type { RunStore } from '#ports/run-store.ts';
import { isUnsafe, matcherOf, placesOf } from './glob.ts';

export type CollectLimits = { readonly bytes: number; readonly files: number };

/** What one stage may leave behind. */
const LIMITS: CollectLimits = { bytes: 1024 ** 3, files: 10_000 };
/** Bytes of folders that are looked through for it. */
const MOST_READ = 8 * 1024 ** 3;
const LONGEST_REPORT = 65 * 1024 ** 2;

export type Collected = { readonly tests: readonly TestResult[]; readonly reports: number; readonly artifacts: number; readonly problems: readonly string[] };

type From = { readonly run: string; readonly stage: string; readonly container: string; /** Where the stage ran. */ readonly directory: string; readonly file: StageFile };
type Ports = { readonly engine: ContainerEngine; readonly runs: RunStore };

/** Takes reports and artifacts out of a stage's container. Nothing here fails: what went wrong is told beside what could be had. */
export async function collect(from: From, ports: Ports & { readonly limits?: CollectLimits }, signal: AbortSignal): Promise<Collected> {
  const collector = new Collector(from, ports, signal);
  // Reports first: artifacts beyond any limit take none of them away.
  for (const place of placesFor(collector.reports)) await collector.take(place, 'report');
  for (const place of placesFor(collector.artifacts)) await collector.take(place, 'artifact');
  return collector.end();
}

/** Where to look, each place once. */
function placesFor(patterns: readonly string[]): ReturnType<typeof placesOf> {
  const safe = patterns.filter((pattern) => !isUnsafe(pattern));
  return safe.flatMap(placesOf).filter(({ path: at }, index, all) => !all.some((other, place) => place !== index && contains(other.path, at) && (other.path !== at || place < index)));
}

/** Whether what is at one place is within another. */
function contains(outer: string, inner: string): boolean {
  return outer === inner || (outer === '' ? !inner.startsWith('/') : inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`));
}

class Collector {
  readonly reports: readonly string[];
  readonly artifacts: readonly string[];
  private readonly from: From;
  private readonly ports: Ports;
  private readonly signal: AbortSignal;
  private readonly limits: CollectLimits;
  private readonly tests: TestResult[] = [];
  private readonly problems: string[] = [];
  private readonly isReport: (path: string) => boolean;
  private readonly isArtifact: (path: string) => boolean;
  /** Patterns of artifacts that nothing was found for so far. */
  private readonly unmatched: Map<string, (path: string) => boolean>;
  private files = 0;
  private bytes = 0;
  private reportsRead = 0;
  private others = 0;
  private isFull = false;

  constructor(from: From, { limits = LIMITS, ...ports }: Ports & { readonly limits?: CollectLimits }, signal: AbortSignal) {
    this.from = from;
    this.limits = limits;
    this.ports = ports;
    this.signal = signal;
    this.reports = [from.file.junit ?? []].flat();
    this.artifacts = [from.file.artifacts ?? []].flat();
    this.unmatched = new Map(this.artifacts.filter((pattern) => !isUnsafe(pattern)).map((pattern) => [pattern, matcherOf(pattern)]));
    this.isReport = anyOf(this.reports);
    this.isArtifact = anyOf(this.artifacts);
  }

  /** Everything at one place of the container that is wanted. */
  async take({ path: place, exact }: ReturnType<typeof placesOf>[number], wanted: 'report' | 'artifact'): Promise<void> {
    if (this.isFull) return;
    const { container, directory } = this.from;
    const at = path.resolve(directory, place);
    // The archive of a folder's content has names from there on; that of a place begins with its own.
    const parent = exact ? path.dirname(place).replace(/^\.$/, '') : place;
    try {
      const archive = limited(this.ports.engine.getFiles(container, exact ? at : `${at}/.`, this.signal), MOST_READ);
      for await (const { name, source } of filesOfTar(archive, (entry) => this.notice(entry, parent, wanted))) {
        await this.file(nameIn(parent, name), source, wanted);
        if (this.isFull) return;
      }
    } catch (error) {
      if (this.signal.aborted) this.problems.push(`what is in ${at} is not collected: there was no time for it`);
      else if (!isMissing(error)) this.problems.push(`what is in ${at} is not collected: ${toFailure(error).message}`);
    }
  }

  end(): Collected {
    if (this.others > 0) this.problems.push(`${this.others} links and devices among the artifacts are left out`);
    if (this.reports.length > 0 && this.reportsRead === 0) this.problems.push(`no report is at ${this.reports.join(', ')}`);
    if (this.unmatched.size > 0 && !this.isFull && !this.signal.aborted) this.problems.push(`no artifact is at ${[...this.unmatched.keys()].join(', ')}`);
    return { tests: this.tests, reports: this.reportsRead, artifacts: this.files, problems: this.problems.slice(0, 50) };
  }

  private notice({ name, kind }: { readonly name: string; readonly kind: string }, folder: string, wanted: 'report' | 'artifact'): void {
    const relative = nameIn(folder, name);
    if (relative !== undefined && '12346'.includes(kind) && this.isWanted(relative, wanted)) this.others++;
  }

  /** A report that is an artifact too is kept once. */
  private isWanted(name: string, wanted: 'report' | 'artifact'): boolean {
    return wanted === 'report' ? this.isReport(name) : this.isArtifact(name) && !this.isReport(name);
  }

  private async file(name: string | undefined, source: AsyncIterable<Uint8Array>, wanted: 'report' | 'artifact'): Promise<void> {
    if (name === undefined) return;
    for (const [pattern, matches] of this.unmatched) if (matches(name)) this.unmatched.delete(pattern);
    if (!this.isWanted(name, wanted)) return;
    if (this.files >= this.limits.files) return this.full(`there are more than ${this.limits.files} artifacts`);
    this.files++;
    try {
      if (wanted === 'report') await this.report(name, source);
      else await this.put(name, this.counted(source));
    } catch (error) {
      if (error instanceof TooMuch) return this.full(`the artifacts have more than ${formatBytes(this.limits.bytes)}`);
      this.problems.push(`${name} is not kept: ${toFailure(error).message}`);
    }
  }

  private full(why: string): void {
    this.isFull = true;
    this.problems.push(`${why}: the rest is left out`);
  }

  private async report(name: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of this.counted(source)) {
      if (size < LONGEST_REPORT) parts.push(Buffer.from(part));
      size += part.length;
    }
    const bytes = Buffer.concat(parts);
    this.reportsRead++;
    const { readJUnit } = await import('#core/junit/read-junit.ts');
    const { tests, problems } = readJUnit(bytes);
    for (const test of tests) this.tests.push(test);
    this.problems.push(...problems.map((problem) => `${name}: ${problem}`));
    await this.put(name, once(bytes));
  }

  private async put(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    await this.ports.runs.putArtifact(this.from.run, this.from.stage, name.replace(/^\/+/, ''), content);
  }

  private async *counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const part of source) {
      this.bytes += part.length;
      if (this.bytes > this.limits.bytes) throw new TooMuch();
      yield part;
    }
  }
}

class TooMuch extends Error {}

/** The path by which patterns mean a file; nothing for one that leads elsewhere. */
function nameIn(folder: string, name: string): string | undefined {
  const relative = name.replace(/^(\.\/)+/, '');
  if (relative === '' || relative === '.' || relative.startsWith('/') || relative === '(names)' || relative.split('/').includes('..')) return undefined;
  return folder === '' ? relative : folder === '/' ? `/${relative}` : `${folder.replace(/^\.\//, '')}/${relative}`;
}

function anyOf(patterns: readonly string[]): (path: string) => boolean {
  const matchers = patterns.filter((pattern) => !isUnsafe(pattern)).map(matcherOf);
  return (name) => matchers.some((matches) => matches(name));
}

function isMissing(error: unknown): boolean {
  return /could not find the file|no such file|not a directory/i.test(`${toFailure(error).message} ${toFailure(error).cause ?? ''}`);
}

async function* limited(source: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const part of source) {
    read += part.length;
    if (read > most) throw new Error(`it holds more than ${most / 1024 ** 3} GiB; name the folders that are wanted`);
    yield part;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
