import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import type { ProcessRunner, RunOptions, RunResult } from '#ports/process-runner.ts';
import type { Swarm, SwarmNetwork, SwarmReplica, SwarmService } from '#ports/swarm.ts';
import type { CommandLine } from './swarm-deployer.ts';

const COMMAND = 120_000;
/** So long replicas may take to leave a network. */
const LEAVING = 60_000;
const PAUSE = 200;
const LINES = '20';

const Label = z.record(z.string(), z.string()).nullish();
const Services = z.array(z.object({ ID: z.string(), CreatedAt: z.string(), Spec: z.object({ Name: z.string(), Labels: Label, Mode: z.object({ Replicated: z.object({ Replicas: z.number().optional() }).optional() }) }) }));
const Attachment = z.object({ Network: z.object({ Spec: z.object({ Name: z.string() }) }), Addresses: z.array(z.string()).nullish() });
const Tasks = z.array(
  z.object({
    ID: z.string(),
    ServiceID: z.string(),
    Slot: z.number().optional(),
    DesiredState: z.string(),
    Status: z.object({ State: z.string(), Err: z.string().optional(), Message: z.string().optional() }),
    NetworksAttachments: z.array(Attachment).nullish(),
  }),
);
const Networks = z.array(z.object({ Name: z.string(), Labels: Label, Attachable: z.boolean() }));

/** A Swarm by the docker command line, at the engine that it is pointed at. */
export function createDockerSwarm({ processes, commandLine }: { readonly processes: ProcessRunner; readonly commandLine: CommandLine }): Swarm {
  const run = (args: readonly string[], signal: AbortSignal, more: RunOptions = {}): Promise<RunResult> => {
    const { arguments: place, environment } = commandLine();
    return processes.run('docker', [...place, ...args], { environment, timeout: COMMAND, endsWithUs: true, ...more }, signal);
  };
  const ask = async (what: string, args: readonly string[], signal: AbortSignal, more?: RunOptions): Promise<string> => {
    const result = await run(args, signal, more);
    if (result.exitCode !== 0) throw failure(what, result);
    return result.stdout;
  };
  const list = async (what: string, args: readonly string[], signal: AbortSignal) => (await ask(what, args, signal)).split('\n').filter(Boolean);
  const filters = (labels: readonly string[]) => labels.flatMap((label) => ['--filter', `label=${label}`]);
  /** What was there a moment ago may be gone: what is left is answered. */
  const inspect = async (kind: string, ids: readonly string[], signal: AbortSignal): Promise<unknown> => (ids.length === 0 ? [] : JSON.parse((await run(['inspect', `--type=${kind}`, ...ids], signal)).stdout || '[]'));

  return {
    isManager: async (signal) => (await ask('cannot be asked for', ['info', '--format', '{{.Swarm.ControlAvailable}}'], signal)).trim() === 'true',
    async services(labels, signal) {
      const found = Services.parse(await inspect('service', await list('does not list its services', ['service', 'ls', '--quiet', ...filters(labels)], signal), signal));
      return found.map(({ ID, CreatedAt, Spec }): SwarmService => ({ id: ID, name: Spec.Name, labels: Spec.Labels ?? {}, replicas: Spec.Mode.Replicated?.Replicas ?? 0, created: Date.parse(CreatedAt) }));
    },
    async replicas(services, signal) {
      if (services.length === 0) return [];
      const { stdout } = await run(['service', 'ps', '--quiet', '--no-trunc', ...services], signal);
      return Tasks.parse(await inspect('task', stdout.split('\n').filter(Boolean), signal)).map(describeTask);
    },
    async networks(signal) {
      const names = await list('does not list its networks', ['network', 'ls', '--filter', 'scope=swarm', '--quiet', '--no-trunc'], signal);
      return Networks.parse(await inspect('network', names, signal)).map(({ Name, Labels, Attachable }): SwarmNetwork => ({ name: Name, labels: Labels ?? {}, isAttachable: Attachable }));
    },
    async create(stack, model, directory, signal) {
      await ask(`does not make the services of ${stack}`, ['stack', 'deploy', '--with-registry-auth', '--resolve-image', 'never', '--compose-file', '-', stack], signal, { directory, input: JSON.stringify(model) });
    },
    async scale(service, replicas, signal) {
      await ask('does not scale a service', ['service', 'scale', '--detach', `${service}=${replicas}`], signal);
    },
    async removeService(service, signal) {
      const { exitCode, stdout, stderr } = await run(['service', 'rm', service], signal);
      const isThere = exitCode !== 0 && (await run(['service', 'inspect', service], signal)).exitCode === 0;
      if (isThere) throw failure('does not remove a service', { exitCode, stdout, stderr });
    },
    async removeFiles(labels, signal) {
      for (const kind of ['config', 'secret']) {
        const ids = await list(`does not list its ${kind}s`, [kind, 'ls', '--quiet', ...filters(labels)], signal);
        if (ids.length > 0) await ask(`does not remove a ${kind}`, [kind, 'rm', ...ids], signal);
      }
    },
    async removeNetwork(name, signal) {
      for (const end = performance.now() + LEAVING; ; ) {
        const removed = await run(['network', 'rm', name], signal);
        if (removed.exitCode === 0) return;
        if (performance.now() > end) throw failure(`does not remove the network ${name}`, removed);
        await delay(PAUSE, undefined, { signal });
      }
    },
    async lastLines(service, signal) {
      const { stdout, stderr } = await run(['service', 'logs', '--raw', '--tail', LINES, service], signal);
      return `${stdout}${stderr}`.trim();
    },
  };
}

function describeTask({ ID, ServiceID, Slot = 0, DesiredState, Status, NetworksAttachments }: z.output<typeof Tasks>[number]): SwarmReplica {
  const addresses = (NetworksAttachments ?? []).flatMap(({ Network, Addresses }) => (Addresses?.[0] === undefined ? [] : [[Network.Spec.Name, Addresses[0].split('/')[0] ?? ''] as const]));
  return { id: ID, service: ServiceID, slot: Slot, isWanted: DesiredState === 'running', state: Status.State, why: Status.State === 'running' ? '' : (Status.Err ?? Status.Message ?? ''), addresses: Object.fromEntries(addresses) };
}

function failure(what: string, { stderr }: RunResult): BacklotError {
  const said = stderr.trim();
  return new BacklotError('deploy-failed', `The Swarm ${what}: ${said.split('\n').at(-1) ?? ''}`, { cause: said, fix: 'See what it says.' });
}
