import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import type { RunDetails, RunSummary } from '#contract/runs.ts';
import type { LogBatch, LogLine } from '#contract/stack.ts';
import type { Work } from '#core/work.ts';
import type { RunStore } from '#ports/run-store.ts';
import { removeAbandoned, type AbandonedPorts } from './abandoned.ts';

/** Bytes of an artifact that a look at it takes. */
const MOST_SHOWN = 8 * 1024 ** 2;
/** Tests that a look at a run takes, those that did not pass first. */
const MOST_TESTS = 20_000;

/** A run by its id, or by as much of it as only it has. */
export async function knownRun(run: string, runs: RunStore): Promise<RunSummary> {
  const found = await runs.read(run);
  if (found) return found;
  throw new BacklotError('run-unknown', `There is no run ${JSON.stringify(run.slice(0, 100))}`, { fix: 'See which there are: backlot runs' });
}

/** Everything that is kept of a run. */
export async function showRun(run: string, runs: RunStore): Promise<RunDetails> {
  const summary = await knownRun(run, runs);
  const [tests, artifacts, logs] = await Promise.all([
    Promise.all(summary.stages.map(async ({ name, cachedFrom }) => (await runs.readTests(cachedFrom ?? run, name)).map((test) => ({ ...test, stage: name })))),
    runs.artifacts(run),
    Promise.all(summary.stages.map(async ({ name }) => [name, await servicesIn(run, name, runs)] as const)),
  ]);
  const bad = ({ state }: { readonly state: string }) => (state === 'failed' || state === 'broken' ? 0 : 1);
  return { ...summary, schema: 1, tests: tests.flat().sort((one, other) => bad(one) - bad(other)).slice(0, MOST_TESTS), artifacts, logs: Object.fromEntries(logs) };
}

async function servicesIn(run: string, stage: string, runs: RunStore): Promise<string[]> {
  const services = new Set<string>();
  for await (const lines of runs.readLog(run, stage, false, new AbortController().signal)) for (const { service } of lines) services.add(service);
  return [...services];
}

export async function artifactsOf({ run, to }: { readonly run: string; readonly to?: string | undefined }, runs: RunStore) {
  await knownRun(run, runs);
  if (to !== undefined) await runs.exportTo(run, path.resolve(to));
  return { schema: 1 as const, run, folder: to === undefined ? runs.artifactFolder(run) : path.resolve(to), artifacts: await runs.artifacts(run) };
}

export async function readArtifact({ run, stage, path: file }: { readonly run: string; readonly stage: string; readonly path: string }, runs: RunStore) {
  await knownRun(run, runs);
  const found = await runs.readArtifact(run, stage, file, MOST_SHOWN);
  if (!found) throw new BacklotError('run-unknown', `The run ${run} has no artifact ${JSON.stringify(`${stage}/${file}`.slice(0, 200))}`, { fix: `See which it has: backlot runs artifacts ${run}` });
  return { base64: Buffer.from(found.content).toString('base64'), bytes: found.bytes };
}

export async function* logsOf({ run, stage, service, follow }: { readonly run: string; readonly stage: string; readonly service?: string | undefined; readonly follow: boolean }, runs: RunStore, signal: AbortSignal): AsyncGenerator<LogBatch> {
  await knownRun(run, runs);
  const wanted = (line: LogLine) => service === undefined || line.service === service;
  for await (const batch of runs.readLog(run, stage, follow, signal)) {
    const lines = batch.filter(wanted);
    if (lines.length > 0) yield { lines };
  }
}

const PATIENCE = 120_000;
const BETWEEN = 100;

/** Lets a held run go and waits until nothing of it is left; where its process is gone, removes what it left. */
export async function releaseRun(run: string, ports: AbandonedPorts, work: Work): Promise<{ run: string; released: boolean }> {
  const { runs } = ports;
  const { state } = await knownRun(run, runs);
  if (state === 'lost') {
    await ports.engine.connect(work.signal);
    await removeAbandoned(false, ports, work);
    return { run, released: true };
  }
  if (state !== 'held') return { run, released: false };
  await runs.requestRelease(run);
  const until = Date.now() + PATIENCE;
  while (Date.now() < until && (await runs.isCarriedOut(run))) await pause(BETWEEN, undefined, { signal: work.signal });
  return { run, released: true };
}
