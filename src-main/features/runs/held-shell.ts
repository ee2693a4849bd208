import { BacklotError } from '#contract/errors.ts';
import { assertServices } from '#features/stack/environment.ts';
import { dockerExec, type ExecCommand } from '#features/stack/exec-command.ts';
import { shellIn, type DescribedCommand } from '#features/stack/terminal-command.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { RunStore } from '#ports/run-store.ts';
import { stagesOfLabel } from './decide-shares.ts';
import { knownRun } from './history.ts';
import { STAGE_SERVICE } from './stage-environment.ts';

/** What the stage itself is called among its services. */
const OWN_NAME = 'stage';

type HeldPlace = { readonly run: string; readonly stage?: string | undefined; readonly service?: string | undefined };
type Ports = { readonly engine: ContainerEngine; readonly runs: RunStore };

/** The container of a run in which people may look around: of the stage itself where no service is named. */
async function heldContainer({ run, stage, service = OWN_NAME }: HeldPlace, { engine, runs }: Ports, signal: AbortSignal): Promise<ContainerSummary> {
  const record = await knownRun(run, runs);
  await engine.connect(signal);
  const running = (await engine.listContainers([`${LABELS.run}=${record.run}`], signal)).filter((one) => one.state === 'running' && nameOf(one) !== undefined);
  const stages = [...new Set(running.map(({ labels }) => labels[LABELS.stage] ?? '').filter((label) => stagesOfLabel(label).length === 1))].sort();
  const [only] = stages;
  if (only === undefined) throw new BacklotError('not-running', `Nothing of the run ${record.run} is up: its state is ${record.state}`, { fix: 'Keep what a stage that fails ran in: backlot run --hold 15m' });
  if (stage === undefined && stages.length > 1) throw new BacklotError('not-running', `Several stages of the run are up: ${stages.join(', ')}`, { fix: `Say which: backlot runs shell ${record.run} --stage ${only}` });
  const own = running.filter(({ labels }) => stagesOfLabel(labels[LABELS.stage] ?? '').includes(stage ?? only));
  if (own.length === 0) throw new BacklotError('not-running', `Nothing of the stage ${JSON.stringify(stage)} is up`, { fix: `Up are: ${stages.join(', ')}.` });
  assertServices([service], own.flatMap((one) => nameOf(one) ?? []), `what is up of the stage ${stage ?? only}`);
  const found = own.find((one) => nameOf(one) === service);
  if (!found) throw new BacklotError('not-running', `${service} does not run`);
  return found;
}

/** The docker command line that runs a command, or the best shell, in a run that is up. */
export async function heldCommand(input: HeldPlace & { readonly command?: readonly string[] | undefined; readonly terminal: boolean; readonly input: boolean }, ports: Ports, signal: AbortSignal): Promise<ExecCommand> {
  const { id } = await heldContainer(input, ports, signal);
  return dockerExec(id, input, ports.engine);
}

/** A terminal in a run that is up. */
export async function heldTerminal(input: HeldPlace & { readonly directory: string; readonly columns: number; readonly rows: number }, ports: Ports, signal: AbortSignal): Promise<DescribedCommand> {
  const { columns, rows, directory, service = OWN_NAME } = input;
  const { id, labels } = await heldContainer(input, ports, signal);
  return shellIn(id, { columns, rows, directory, title: `${service} · ${labels[LABELS.stage] ?? ''} · held` }, ports.engine);
}

/** As people call it; nothing for helpers of ours. */
function nameOf({ labels }: ContainerSummary): string | undefined {
  const service = labels[LABELS.service];
  if (service === STAGE_SERVICE) return OWN_NAME;
  return service?.startsWith('backlot-') === true && service !== 'backlot-browser' ? undefined : service;
}
