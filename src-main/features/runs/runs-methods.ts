import type { Api } from '#contract/index.ts';
import type { Implementation } from '#core/dispatcher.ts';
import { screenOf } from './browser-pictures.ts';
import { build } from './build-image.ts';
import { ciFile } from './ci-files.ts';
import { compareRuns } from './compare.ts';
import { artifactsOf, knownRun, logsOf, readArtifact, releaseRun, showRun } from './history.ts';
import { heldCommand } from './held-shell.ts';
import { trendsOf } from './trends.ts';
import { startRun, type RunPorts } from './start-run.ts';

/** The `runs` noun of the contract. */
export function createRuns(ports: RunPorts): Implementation<Pick<Api, 'runs'>>['runs'] {
  const { runs, files } = ports;
  return {
    build: (input, work) => build(input, ports, work),
    start: (input, work) => startRun(input, ports, work),
    async list({ directory, limit }) {
      const latest = await runs.list((await files.realDirectory(directory)) ?? directory, limit);
      return { schema: 1, runs: latest, trends: trendsOf(latest) };
    },
    show: ({ run }) => showRun(run, runs),
    async compare({ a, b }) {
      const differences = compareRuns(await knownRun(a, runs), await knownRun(b, runs));
      return { schema: 1, a, b, same: differences.length === 0, differences };
    },
    artifacts: (input) => artifactsOf(input, runs),
    artifact: (input) => readArtifact(input, runs),
    logs: (input, signal) => logsOf(input, runs, signal),
    screen: (input, signal) => screenOf(input, ports, signal),
    release: ({ run }, work) => releaseRun(run, ports, work),
    execCommand: (input, signal) => heldCommand(input, ports, signal),
    generate: async ({ kind }) => ciFile(kind),
  };
}
