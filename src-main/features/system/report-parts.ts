import path from 'node:path';
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import type { Api } from '#contract/index.ts';
import type { StackStatus } from '#contract/stack.ts';
import type { Implementation } from '#core/dispatcher.ts';
import { PROJECT_FILE } from '#features/project/find-project.ts';
import type { ReportPart, ReportPorts } from './report.ts';

type Nouns = Implementation<Pick<Api, 'project' | 'stack' | 'runs' | 'fixtures' | 'operations' | 'system'>>;

/** What a report asks, as every shell does. */
export type Asked = {
  readonly project: Pick<Nouns['project'], 'load'>;
  readonly stack: Pick<Nouns['stack'], 'status' | 'logs'>;
  readonly runs: Pick<Nouns['runs'], 'list'>;
  readonly fixtures: () => Promise<Pick<Nouns['fixtures'], 'list'>>;
  readonly operations: Pick<Nouns['operations'], 'list'>;
  readonly system: Pick<Nouns['system'], 'version' | 'doctor'>;
  readonly readText: (file: string) => Promise<string | undefined>;
};

/** Runs and works that are told of, and lines of each service that is not well. */
const LATEST = 10;
const LINES = 40;

/** The parts of a report, in their order. */
export function reportParts({ project, stack, runs, fixtures, operations, system, readText }: Asked): ReportPorts['parts'] {
  const whole = (directory: string) => (directory === '' ? {} : { directory });
  const latest: ReportPart['tell'] = async (directory, signal) => (await operations.list(whole(directory), signal)).operations.slice(0, LATEST);
  return {
    machine: [
      { title: 'Versions', tell: (_directory, signal) => system.version({}, signal) },
      { title: 'Machine', tell: async () => ({ system: `${platform()} ${release()}`, architecture: arch(), processors: availableParallelism(), memory: totalmem() }) },
      { title: 'Doctor', tell: async (directory, signal) => (await system.doctor(whole(directory), signal)).checks },
      { title: 'Latest work', tell: latest },
    ],
    project: [
      { title: PROJECT_FILE, tell: (directory) => readText(path.join(directory, PROJECT_FILE)) },
      { title: 'Project', tell: (directory, signal) => project.load({ directory }, signal) },
      { title: 'What is up', tell: async (directory, signal) => (await stack.status({ directory }, signal)).sets },
      { title: 'Last lines of what is not well', tell: async (directory, signal) => lastLines(directory, await stack.status({ directory }, signal), stack, signal) },
      { title: 'Latest runs', tell: async (directory, signal) => (await runs.list({ directory, limit: LATEST }, signal)).runs },
      { title: 'Fixtures', tell: async (directory, signal) => (await (await fixtures()).list({ directory }, signal)).fixtures.map(({ tables, checks: _checks, ...fixture }) => ({ ...fixture, tables: tables.length })) },
    ],
  };
}

const WELL: readonly string[] = ['ready', 'done', 'swapped', 'absent'];

async function lastLines(directory: string, { sets }: StackStatus, { logs }: Asked['stack'], signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  for (const { name, services } of sets) {
    const unwell = services.filter(({ state }) => !WELL.includes(state)).map((service) => service.name);
    if (unwell.length === 0) continue;
    for await (const batch of logs({ directory, set: name, services: unwell, follow: false, tail: LINES }, signal)) lines.push(...batch.lines.map(({ service, time, line }) => `${time} ${name}/${service}: ${line}`));
  }
  return lines.join('\n');
}
