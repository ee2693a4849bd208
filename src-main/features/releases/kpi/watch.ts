import { setTimeout as delay } from 'node:timers/promises';
import type { KpiOutcome, Verdict } from '#contract/releases.ts';
import { millisecondsOf } from '#core/duration.ts';
import type { DeployWork } from '#ports/deployer.ts';
import type { KpiReader, KpiSources, Sample } from '#ports/kpi-source.ts';
import type { Work } from '#core/work.ts';
import { boundsOf, type Bound, type CheckFile, type KpiFile } from './bounds.ts';
import { queryOf, type WatchPlace } from './check-query.ts';
import { concludeCheck, formerNow, judgeReadings, limitNow, type Former } from './judge-check.ts';

const INTERVAL = 1000;
/** Readings that are wanted where the project does not say. */
const FEWEST = 3;
/** Readings of the release before, for bounds that are relative to it. */
const BASELINE = 5;

type Watched = { readonly name: string; readonly file: CheckFile; readonly bounds: readonly Bound[]; readonly reader: KpiReader; readonly samples: Sample[]; /** Of the release before: before the roll, and beside the new one. */ readonly previous: Sample[]; readonly beside: Sample[] };

/** Watches what a target's project asks for: before a roll the release that is there, during and after it the new one. */
export class Watch {
  private readonly checks: readonly Watched[];
  private readonly interval: number;
  private readonly kpi: KpiFile;
  private readonly target: string;
  private readonly tell: Work['tell'];

  private constructor(kpi: KpiFile, target: string, tell: Work['tell'], checks: readonly Watched[]) {
    this.kpi = kpi;
    this.target = target;
    this.tell = tell;
    this.checks = checks;
    this.interval = kpi.interval === undefined ? INTERVAL : Math.max(50, millisecondsOf(kpi.interval));
  }

  static async open(kpi: KpiFile, place: WatchPlace, sources: KpiSources, work: Pick<DeployWork, 'secret' | 'redact'> & Pick<Work, 'tell'>): Promise<Watch> {
    const checks = await Promise.all(kpi.checks.map(async (file) => ({ name: file.name, file, bounds: boundsOf(file), reader: discreet(await sources.open(queryOf(file, place), work.secret), work.redact), samples: [], previous: [], beside: [] })));
    return new Watch(kpi, place.target, work.tell, checks);
  }

  /** Reads the release that is there, for bounds that are relative to it. */
  async measureBaseline(signal: AbortSignal): Promise<void> {
    const relative = this.checks.filter(({ file }) => file.over !== undefined);
    if (relative.length === 0) return;
    // A counter needs a look before the first reading.
    for (let count = 0; count <= BASELINE && !signal.aborted; count++) {
      await Promise.all(relative.map(async ({ reader, previous }) => {
        const { before, ...sample } = await reader.read(signal);
        previous.push(before ?? sample);
      }));
      await pause(this.interval, signal);
    }
  }

  /** Watches for the window, with all of the traffic on the new release, or for a part of it with a share, and ends at once where a check has failed. What was read before does not count, and a part needs its part of the readings. */
  async follow(signal: AbortSignal, part = 1): Promise<{ readonly verdict: Verdict; readonly kpi: KpiOutcome[] }> {
    const end = performance.now() + part * millisecondsOf(this.kpi.window);
    for (const { samples } of this.checks) samples.length = 0;
    while (performance.now() < end && !signal.aborted) {
      const began = performance.now();
      await Promise.all(this.checks.map((check) => this.read(check, signal, part === 1)));
      if (this.checks.some(isOver)) break;
      await pause(Math.max(0, Math.min(this.interval - (performance.now() - began), end - performance.now())), signal);
    }
    const kpi = this.conclude(part);
    return { verdict: worst(kpi.map(({ verdict }) => verdict)), kpi };
  }

  /** Watches while something else goes on, and answers what has failed; nothing where it ended before. */
  async during(signal: AbortSignal): Promise<KpiOutcome[] | undefined> {
    for (const { samples } of this.checks) samples.length = 0;
    while (!signal.aborted) {
      const began = performance.now();
      await Promise.all(this.checks.map((check) => this.read(check, signal)));
      if (signal.aborted) return undefined;
      if (this.checks.some(isOver)) return this.conclude(1);
      await pause(Math.max(0, this.interval - (performance.now() - began)), signal);
    }
    return undefined;
  }

  private conclude(part: number): KpiOutcome[] {
    return this.checks.map((check) => concludeCheck(check.name, { bounds: check.bounds, samples: check.samples, ...formerOf(check), fewest: Math.ceil((this.kpi.samples ?? FEWEST) * part) }));
  }

  private async read(check: Watched, signal: AbortSignal, isAlone = false): Promise<void> {
    const { name, file, bounds, reader, samples, beside } = check;
    const { before, ...sample } = await reader.read(signal, isAlone);
    // What was cut off says nothing.
    if (signal.aborted) return;
    samples.push(sample);
    // What the former one has while the new one has not begun is not beside it.
    if (before?.value !== undefined && (sample.value !== undefined || sample.idle)) beside.push(before);
    const former = formerOf(check);
    const { state, value, bound, why } = judgeReadings(bounds, samples, former.previous, former);
    this.tell({ type: 'kpi', target: this.target, check: name, state, bound, samples: samples.length, ...limitNow(bounds, former.previous), ...(file.over && formerNow(bounds, former)), ...(value !== undefined && { value }), ...(why !== undefined && { why }) });
  }
}

/** What the release before had: beside the new one, in the same window, as soon as there is enough of that; else what it had before the roll. */
function formerOf({ beside, previous }: Pick<Watched, 'beside' | 'previous'>): Former {
  return beside.length >= FEWEST ? { previous: beside, previousIn: 'the same window' } : { previous, previousIn: 'before the roll' };
}

const isOver = (check: Watched) => judgeReadings(check.bounds, check.samples, formerOf(check).previous).state === 'over';

/** A single failure fails; what is not known is not a pass. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('inconclusive') ? 'inconclusive' : 'pass';
}

/** What a source says of itself may quote an address with its password. */
const discreet = ({ read }: KpiReader, redact: DeployWork['redact']): KpiReader => ({
  async read(signal, isAlone) {
    const { why, ...sample } = await read(signal, isAlone);
    return why === undefined ? sample : { ...sample, why: redact(why) };
  },
});

const pause = (milliseconds: number, signal: AbortSignal) => delay(milliseconds, undefined, { signal }).catch(() => {});
