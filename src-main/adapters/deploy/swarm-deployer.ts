import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import type { Deployer, DeployOrder, DeployWork, SwarmSettings } from '#ports/deployer.ts';
import type { ProcessRunner, RunOptions, RunResult } from '#ports/process-runner.ts';
import { environmentOf } from './script-deployer.ts';
import { stackInput } from './stack-input.ts';
import { judgeStack, parseServices, parseTasks, type Before, type SwarmService, type SwarmTask } from './swarm-state.ts';

export type CommandLine = () => { readonly arguments: readonly string[]; readonly environment: Readonly<Record<string, string>> };
type Ports = { readonly processes: ProcessRunner; readonly commandLine: CommandLine };

const PAUSE = 200;
const COMMAND = 120_000;
/** By then Swarm has begun an update, where there is one. */
const SETTLED = 5000;
/** A roll that has not ended by then has failed. */
const LIMIT = 15 * 60_000;
/** How often a way back is begun, and Swarm is told to take away what it keeps too much of. */
const TRIES = 3;

/**
 * A stack of a Docker Swarm: the stack file gets the image with its digest as `${IMAGE}`, Swarm rolls as `update_config` says, and each replica is told of.
 * It has failed where Swarm pauses or takes the update back, and where new replicas end again and again.
 */
export function createSwarmDeployer({ processes, commandLine }: Ports): Deployer<SwarmSettings> {
  return {
    async deploy(settings, order, work) {
      const swarm = new Swarm(settings, order, work, { processes, commandLine });
      const { services, tasks } = await swarm.look(await swarm.ids());
      await swarm.rollAndFollow({ services, tasks: new Set(tasks.map(({ id }) => id)) });
      return {};
    },
  };
}

class Swarm {
  private readonly settings: SwarmSettings;
  private readonly order: DeployOrder;
  private readonly work: DeployWork;
  private readonly ports: Ports;
  /** What was told of each replica. */
  private readonly told = new Map<string, string>();

  constructor(settings: SwarmSettings, order: DeployOrder, work: DeployWork, ports: Ports) {
    this.settings = settings;
    this.order = order;
    this.work = work;
    this.ports = ports;
  }

  async ids(): Promise<string[]> {
    const listed = await this.docker(['service', 'ls', '-q', '--filter', `label=com.docker.stack.namespace=${this.settings.stack}`]);
    if (listed.exitCode !== 0) throw this.failure('cannot be looked at', listed);
    return listed.stdout.split('\n').filter(Boolean);
  }

  /** What services are at, and their replicas, side by side. */
  async look(ids: readonly string[]): Promise<{ readonly services: SwarmService[]; readonly tasks: SwarmTask[] }> {
    if (ids.length === 0) return { services: [], tasks: [] };
    const [services, tasks] = await Promise.all([this.docker(['service', 'inspect', ...ids]), this.docker(['service', 'ps', '--no-trunc', '--format', '{{json .}}', ...ids])]);
    return { services: parseServices(services.stdout), tasks: parseTasks(tasks.stdout) };
  }

  /** On the way back, one replica that ends in the turmoil is no reason to leave half of each version: Swarm is told to go on, a few times. */
  async rollAndFollow(before: Before, tries = this.order.mode === 'rollback' ? TRIES : 1): Promise<void> {
    await this.roll();
    try {
      await this.follow(before);
    } catch (error) {
      if (tries === 1 || this.work.signal.aborted) throw error;
      const { services, tasks } = await this.look(await this.ids());
      if (!services.some(({ update }) => update?.state === 'paused')) throw error;
      this.work.tell({ type: 'message', level: 'warning', text: `${error instanceof BacklotError ? error.message : String(error)}; Swarm is told to go on` });
      await this.rollAndFollow({ services, tasks: new Set(tasks.map(({ id }) => id)) }, tries - 1);
    }
  }

  private async roll(): Promise<void> {
    const { file, directory, text } = await stackInput(this.settings, this.order);
    const rolled = await this.docker(['stack', 'deploy', '--with-registry-auth', '--resolve-image', 'never', '--compose-file', file, this.settings.stack], { directory, ...(text !== undefined && { input: text }) });
    if (rolled.exitCode !== 0) throw this.failure(`does not take ${this.settings.file}`, rolled);
  }

  /** Until every replica of the stack is what the stack file says, or Swarm gave up. After an update that was cut short Swarm can keep two replicas in one place: told the same again, it takes one away. */
  private async follow(before: Before): Promise<void> {
    const began = performance.now();
    const end = began + LIMIT;
    let rolled = { at: began, times: 0 };
    const ids = await this.ids();
    for (;;) {
      const { services, tasks } = await this.look(ids);
      const { instances, failed, isDone, hasSurplus } = judgeStack({ services, tasks, isSettled: performance.now() - began > SETTLED }, before, this.order.image);
      for (const instance of instances) this.show(instance);
      if (failed !== undefined) throw new BacklotError('deploy-failed', `The stack ${this.settings.stack} does not come up: ${this.work.redact(failed)}`, { fix: `docker service ps ${this.settings.stack}_… and docker service logs tell more.` });
      if (!services.some(({ image }) => image === this.order.image)) throw new BacklotError('deploy-failed', `No service of the stack ${this.settings.stack} has the image ${this.order.image}`, { fix: `Write image: \${IMAGE} in ${this.settings.file}, where the released image belongs.` });
      if (isDone && (!hasSurplus || rolled.times === TRIES)) return;
      if (isDone && performance.now() - rolled.at > SETTLED) {
        this.work.tell({ type: 'message', level: 'warning', text: `The stack ${this.settings.stack} has more replicas than it wants; Swarm is told so again` });
        await this.roll();
        rolled = { at: performance.now(), times: rolled.times + 1 };
      }
      if (performance.now() > end) throw new BacklotError('deploy-failed', `The stack ${this.settings.stack} did not come up within ${LIMIT / 60_000} minutes`, { fix: 'See docker service ps.' });
      await delay(PAUSE, undefined, { signal: this.work.signal }).catch(() => {});
      if (this.work.signal.aborted) throw new BacklotError('cancelled', 'cancelled');
    }
  }

  private show({ name, state, why }: { readonly name: string; readonly state: 'waiting' | 'starting' | 'done' | 'failed'; readonly why?: string }): void {
    const line = `${state} ${why ?? ''}`;
    if (this.told.get(name) === line) return;
    this.told.set(name, line);
    const { target, revision, previous } = this.order;
    this.work.tell({ type: 'instance', target, instance: name, state, revision, ...(previous && { previous: previous.revision }), ...(why !== undefined && { why: this.work.redact(why) }) });
  }

  private docker(args: readonly string[], more: Pick<RunOptions, 'directory' | 'input'> = {}): Promise<RunResult> {
    const own = this.settings.context === undefined ? this.ports.commandLine() : { arguments: ['--context', this.settings.context], environment: {} };
    return this.ports.processes.run('docker', [...own.arguments, ...args], { directory: this.order.directory, environment: { ...own.environment, ...environmentOf(this.order) }, timeout: COMMAND, endsWithUs: true, ...more }, this.work.signal);
  }

  private failure(what: string, { stderr }: RunResult): BacklotError {
    const said = this.work.redact(stderr.trim());
    const fix = /not a swarm manager/i.test(said) ? 'Name the docker context of a manager at deploy.swarm.context.' : 'See what it says.';
    return new BacklotError('deploy-failed', `The stack ${this.settings.stack} ${what}: ${said.split('\n').at(-1) ?? ''}`, { cause: said, fix });
  }
}
