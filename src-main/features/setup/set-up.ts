import { BacklotError } from '#contract/errors.ts';
import type { HostFacts, HostSystem, ImageRecipe } from '#ports/host-system.ts';
import { describeCommands, describeStep } from './describe-setup.ts';
import { getImages } from './get-images.ts';
import { chooseRecipes } from './image-recipes.ts';
import { planSetup, whyNotOurs, type Purpose, type SetupStep } from './plan-setup.ts';

export type SetupInput = {
  readonly purpose: Purpose;
  /** Without it, what is missing is an error that names the commands. */
  readonly mayInstall: boolean;
  /** Names of images that are wanted beside the usual ones. */
  readonly images: readonly string[];
};

export type SetupReport = {
  readonly engine: string;
  readonly compose: string;
  readonly browser: string | undefined;
  readonly images: readonly string[];
  /** What was done, as it was told; empty where everything was there. */
  readonly done: readonly string[];
};

export type SetupPorts = { readonly host: HostSystem; /** Told what each step does, as it begins. */ readonly tell: (line: string) => void };

/** Brings this machine to where a set can come up. Quick, and without any change, where it is there already. */
export async function setUp(input: SetupInput, ports: SetupPorts, signal: AbortSignal): Promise<SetupReport> {
  const { recipes, unknown } = chooseRecipes(input.purpose, input.images);
  if (unknown.length > 0) throw new BacklotError('usage', `No recipe for the image ${unknown.join(', ')}`, { fix: 'resources/images has a folder for each image that can be made.' });
  const seen = await look(recipes, ports.host, signal);
  if (isComplete(seen, input)) return report(seen.facts, recipes, []);
  return ports.host.withLock(
    (pid) => ports.tell(`process ${pid} sets this machine up; waiting for it`),
    () => complete(input, recipes, ports, signal),
    signal,
  );
}

type Seen = { readonly facts: HostFacts; readonly missing: readonly ImageRecipe[] };

async function look(recipes: readonly ImageRecipe[], host: HostSystem, signal: AbortSignal): Promise<Seen> {
  const [facts, names] = await Promise.all([host.observe(signal), host.listImages(signal)]);
  return { facts, missing: recipes.filter((recipe) => !names.includes(recipe.name)) };
}

function isComplete({ facts, missing }: Seen, { purpose }: SetupInput): boolean {
  return facts.engine.kind === 'answers' && missing.length === 0 && planSetup(facts, purpose).length === 0;
}

async function complete(input: SetupInput, recipes: readonly ImageRecipe[], ports: SetupPorts, signal: AbortSignal): Promise<SetupReport> {
  const { host } = ports;
  const done: string[] = [];
  const tell = (line: string) => {
    done.push(line);
    ports.tell(line);
  };
  const before = await host.observe(signal);
  assertReachable(before);
  const steps = planSetup(before, input.purpose);
  assertOurs(before, steps, input.mayInstall);
  for (const step of steps) {
    tell(describeStep(step));
    await takeStep(step, host, signal);
  }
  const { facts, missing } = await look(recipes, host, signal);
  assertReachable(facts);
  if (facts.engine.kind !== 'answers') throw new BacklotError('engine-unreachable', 'The Docker engine still does not answer', { fix: `Look into ${host.log}.` });
  await getImages({ missing, facts, mayInstall: input.mayInstall }, { host, tell }, signal);
  return report(facts, recipes, done);
}

async function takeStep(step: SetupStep, host: HostSystem, signal: AbortSignal): Promise<void> {
  switch (step.kind) {
    case 'packages':
      return host.installPackages(step.names, signal);
    case 'plugins':
      return host.installPlugins(step.names, signal);
    case 'engine':
      return host.startEngine(signal);
  }
}

/** An engine that was chosen, or that refuses this user, is nothing that an installation mends. */
function assertReachable({ engine }: HostFacts): void {
  if (engine.kind === 'denied') {
    throw new BacklotError('engine-denied', `This user may not use the Docker engine at ${engine.socket}`, { fix: 'sudo usermod -aG docker "$USER", then log in again.' });
  }
  if (engine.kind === 'elsewhere') {
    throw new BacklotError('engine-unreachable', `The engine of ${engine.choice} does not answer`, { cause: engine.cause, fix: 'Start it, or unset the choice to use the engine of this machine.' });
  }
}

function assertOurs(facts: HostFacts, steps: readonly SetupStep[], mayInstall: boolean): void {
  const why = whyNotOurs(facts, steps, mayInstall);
  if (why === undefined) return;
  const needs = steps.map((step) => `  - ${describeStep(step)}`).join('\n');
  const commands = describeCommands(facts, steps).map((line) => `  ${line}`).join('\n');
  throw new BacklotError('engine-unreachable', `This machine is not set up, and nothing is installed because ${why}. It needs:\n${needs}`, { fix: `Run these, then try again:\n${commands}` });
}

function report(facts: HostFacts, recipes: readonly ImageRecipe[], done: readonly string[]): SetupReport {
  const engine = facts.engine.kind === 'answers' ? facts.engine.version : '';
  return { engine, compose: facts.compose ?? '', browser: facts.browser, images: recipes.map((recipe) => recipe.name), done };
}
