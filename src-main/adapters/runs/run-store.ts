import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { RunSummary, StageResult, TestResult } from '#contract/runs.ts';
import type { RunStore } from '#ports/run-store.ts';
import { isCode, makeFolder, readJson, readText, writeAtomically } from '../state/files.ts';
import type { Paths } from '../state/paths.ts';
import { isAlive, ownIdentity, ProcessIdentity } from '../state/process-identity.ts';
import { createEvidenceFiles } from './evidence-files.ts';
import { copyFolder, listFiles, putFile, readWithin, writeText } from './run-files.ts';
import { createRunIndex } from './run-index.ts';
import { openRunLog, readRunLog } from './run-log.ts';
import { createReuses } from './run-reuses.ts';
import { KEPT_RUNS, passedIn, runsToForget } from './runs-to-forget.ts';

const RunFile = z.object({ process: ProcessIdentity, run: RunSummary });
const Tests = z.object({ tests: z.array(TestResult) });
const Outcomes = z.object({ outcomes: z.array(z.object({ run: z.string(), state: z.enum(['passed', 'failed']) })) });
/** Outcomes that are kept of the same inputs. */
const MOST_OUTCOMES = 20;
/** Files that are read side by side. */
const AT_ONCE = 64;
const Passed = z.object({ run: z.string(), result: StageResult });

/** Ids are made by us, and come back from outside. */
const ID = /^[0-9a-z-]{1,60}$/;

/** The history of runs of this user, in files. */
export function createRunStore({ paths, kept = KEPT_RUNS }: { readonly paths: Paths; /** Runs of one project that are kept. */ readonly kept?: number }): RunStore {
  const root = path.join(paths.state, 'runs');
  const active = path.join(paths.state, 'active-runs');
  const index = createRunIndex(path.join(paths.state, 'runs-by-project'), async () => readAll(await namesIn(root)));
  const folderOf = (run: string) => path.join(root, ID.test(run) ? run : '-');
  const reuses = createReuses(folderOf);
  const stageFolder = (run: string, stage: string) => path.join(folderOf(run), 'stages', stage);
  const artifactFolder = (run: string) => path.join(folderOf(run), 'artifacts');
  const logFile = (run: string, stage: string) => path.join(stageFolder(run, stage), 'log.jsonl');
  const outcomesFile = (inputs: string) => path.join(paths.state, 'outcomes', `${inputs.replaceAll(/[^0-9a-f]/g, '')}.json`);
  const outcomesOf = async (inputs: string) => (await readJson(outcomesFile(inputs), Outcomes))?.outcomes ?? [];
  const passedFile = (inputs: string) => path.join(paths.state, 'passed', `${inputs.replaceAll(/[^0-9a-f]/g, '')}.json`);
  const fileOf = async (run: string) => (ID.test(run) ? readJson(path.join(folderOf(run), 'run.json'), RunFile) : undefined);

  async function write(record: RunSummary): Promise<void> {
    await writeAtomically(path.join(folderOf(record.run), 'run.json'), JSON.stringify({ process: await ownIdentity(), run: record }));
    await reuses.note(record);
  }

  /** Whose files a stage has: its run's own, or where it was reused those of the run that it comes from. */
  async function originsIn(run: string): Promise<{ readonly stage: string; readonly from: string }[]> {
    const own = new Set([...(await namesIn(artifactFolder(run))), ...(await namesIn(path.join(folderOf(run), 'stages')))]);
    const reused = ((await fileOf(run))?.run.stages ?? []).flatMap(({ name, cachedFrom }) => (cachedFrom === undefined || own.has(name) ? [] : [{ stage: name, from: cachedFrom }]));
    return [...[...own].map((stage) => ({ stage, from: run })), ...reused];
  }

  async function read(run: string): Promise<RunSummary | undefined> {
    const file = await fileOf(run);
    if (!file || !isOpen(file.run) || (await isAlive(file.process))) return file?.run;
    return { ...file.run, state: 'lost' };
  }

  async function readAll(runs: readonly string[]): Promise<RunSummary[]> {
    const found: RunSummary[] = [];
    for (let at = 0; at < runs.length; at += AT_ONCE) found.push(...(await Promise.all(runs.slice(at, at + AT_ONCE).map(read))).filter((run) => run !== undefined));
    return found;
  }

  /** Removes what is too much of a project's history, now and then. */
  async function forgetOld(directory: string): Promise<void> {
    const runs = await index.runsOf(directory);
    if (runs.length <= kept * 1.1) return;
    const tooMany = await readAll(runs.slice(kept));
    const wanted = new Set(tooMany.flatMap(passedIn));
    const passed = new Set<string>();
    for (let at = 0; at < kept && [...wanted].some((stage) => !passed.has(stage)); at += AT_ONCE) {
      for (const stage of (await readAll(runs.slice(at, Math.min(at + AT_ONCE, kept)))).flatMap(passedIn)) passed.add(stage);
    }
    for (const run of runsToForget(tooMany, passed, await reuses.ofEach(tooMany))) {
      await rm(folderOf(run), { recursive: true, force: true });
      await index.forget(run, directory);
    }
  }

  return {
    async begin(record) {
      await Promise.all([write(record), index.add(record.run, record.directory)]);
      await writeAtomically(path.join(active, record.run), '');
    },
    write,
    async end(record) {
      await write(record);
      await rm(path.join(active, record.run), { force: true });
      // What cannot be removed now is too much next time as well.
      await forgetOld(record.directory).catch(() => {});
    },
    read,
    async list(directory, limit) {
      const found: RunSummary[] = [];
      const runs = await index.runsOf(directory);
      for (let at = 0; at < runs.length && found.length < limit; at += limit) found.push(...(await readAll(runs.slice(at, at + limit))));
      return found.slice(0, limit);
    },
    async isCarriedOut(run) {
      const file = await fileOf(run);
      return file && isOpen(file.run) && (await isAlive(file.process));
    },
    async lost() {
      const known = await Promise.all((await namesIn(active)).map(async (id) => ({ id, state: (await read(id))?.state })));
      // Whoever ended a run and could not take its mark away any more.
      const over = known.filter(({ state }) => state !== 'running' && state !== 'held' && state !== 'lost');
      await Promise.all(over.map(({ id }) => rm(path.join(active, id), { force: true })));
      return known.flatMap(({ id, state }) => (state === 'lost' ? [id] : []));
    },
    writeTests: (run, stage, tests) => writeAtomically(path.join(stageFolder(run, stage), 'tests.json'), JSON.stringify({ tests })),
    readTests: async (run, stage) => (await readJson(path.join(stageFolder(run, stage), 'tests.json'), Tests))?.tests ?? [],
    async openLog(run, stage) {
      await makeFolder(stageFolder(run, stage));
      return openRunLog(logFile(run, stage));
    },
    readLog: (run, stage, follow, signal) => readRunLog(logFile(run, stage), follow, async () => isOpen((await read(run)) ?? { state: 'lost' }), signal),
    putArtifact: (run, stage, relative, content) => putFile(path.join(artifactFolder(run), stage), relative, content),
    async artifacts(run) {
      return (await Promise.all((await originsIn(run)).map(({ stage, from }) => listFiles(path.join(artifactFolder(from), stage), stage)))).flat();
    },
    async readArtifact(run, stage, relative, limit) {
      const { from = run } = (await originsIn(run)).find((one) => one.stage === stage) ?? {};
      return readWithin(artifactFolder(from), path.join(stage, relative), limit);
    },
    artifactFolder,
    async exportTo(run, folder) {
      for (const { stage, from } of await originsIn(run)) {
        await copyFolder(path.join(artifactFolder(from), stage), path.join(folder, stage));
        const logs = new Map<string, string>();
        for await (const lines of readRunLog(logFile(from, stage), false, async () => false, new AbortController().signal)) {
          for (const { service, time, line } of lines) logs.set(service, `${logs.get(service) ?? ''}${time} ${line}\n`);
        }
        for (const [service, text] of logs) await writeText(path.join(folder, stage, 'logs', `${service}.log`), text);
      }
    },
    writeFile: writeText,
    requestRelease: (run) => writeAtomically(path.join(folderOf(run), 'release'), ''),
    isReleaseRequested: async (run) => (await readText(path.join(folderOf(run), 'release'))) !== undefined,
    ...createEvidenceFiles(paths),
    outcomesOf,
    rememberOutcome: async (inputs, outcome) => writeAtomically(outcomesFile(inputs), JSON.stringify({ outcomes: [outcome, ...(await outcomesOf(inputs))].slice(0, MOST_OUTCOMES) })),
    async passedWith(inputs) {
      const passed = await readJson(passedFile(inputs), Passed);
      // Its tests, artifacts and logs went with a run that was forgotten.
      return passed && (await fileOf(passed.run)) ? passed : undefined;
    },
    rememberPassed: (inputs, passed) => writeAtomically(passedFile(inputs), JSON.stringify(passed)),
  };
}

function isOpen({ state }: Pick<RunSummary, 'state'>): boolean {
  return state === 'running' || state === 'held';
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}
