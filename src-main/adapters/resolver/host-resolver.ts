import { BacklotError } from '#contract/errors.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { HostResolver } from '#ports/host-resolver.ts';
import type { Machine } from '#ports/machine.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';

export type ResolverOptions = {
  readonly engine: ContainerEngine;
  readonly runner: ProcessRunner;
  readonly machine: Machine;
  /** Tells this user's names from others'. */
  readonly key: string;
  /** As given in `BACKLOT_DNS_PORT`: a port, or `off`. */
  readonly port: string | undefined;
  readonly platform?: string;
};

const IMAGE = 'backlot/names:1';
const ADDRESS = '127.0.0.1';
const ROLE = `${LABELS.role}=resolver`;

/** Where Linux and macOS can be told a port, it is one that anybody may use; Windows asks at 53 only. */
const USUAL_PORT = { win32: 53, others: 5354 } as const;

const SERVE = [
  'mkdir -p /names/hosts /names/domains',
  'cat /names/domains/* > /names/servers 2>/dev/null || : > /names/servers',
  'exec dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --no-hosts --no-resolv --cache-size=0 --log-facility=- --addn-hosts=/names/hosts --servers-file=/names/servers',
].join('; ');

const READ_AGAIN = 'cat /names/domains/* > /names/servers.new 2>/dev/null || : ; mv -f /names/servers.new /names/servers; kill -HUP 1';

/** Until it listens for being told to read again. */
const STARTED = `until [ "$(cat /proc/1/comm)" = dnsmasq ] && grep -q 'SigCgt:.*[13579bdf]$' /proc/1/status; do sleep 0.02; done`;

/** Until it answers a name that only what was just written has. */
const HAS_READ = 'for try in 1 2 3 4 5 6 7 8 9; do [ -n "$(kdig @127.0.0.1 +short +time=1 "$mark" A)" ] && break; sleep 0.05; done';

/** Takes the text in parts: one word of a command line holds 128 KiB. */
const PUBLISH = [
  'set -e; mkdir -p /names/hosts /names/domains; cd /names; key=$1; shift',
  ': > "hosts.$key"; : > "domains.$key"',
  `printf %s "$@" | awk -v hosts="hosts.$key" -v domains="domains.$key" 'BEGIN { while ((getline line < "/etc/resolv.conf") > 0) if (line ~ /^nameserver /) { split(line, word, " "); servers[++count] = word[2] } }
/^server=/ { if (!sub(/UPSTREAM$/, "")) { print > domains; next } if (count == 0) print > domains; for (i = 1; i <= count; i++) print $0 servers[i] > domains; next } { print > hosts }'`,
  'mark="mark-$(cat "hosts.$key" "domains.$key" | cksum | tr " " -).backlot"; echo "0.0.0.0 $mark" >> "hosts.$key"',
  'mv -f "hosts.$key" "hosts/$key"; mv -f "domains.$key" "domains/$key"',
  STARTED,
  READ_AGAIN,
  HAS_READ,
].join('; ');

const WITHDRAW = `cd /names; rm -f "hosts/$1" "domains/$1"; ${READ_AGAIN}; ls hosts`;

/** To listen at 53, and to leave the groups that it starts with. */
const CAPABILITIES = ['NET_BIND_SERVICE', 'SETUID', 'SETGID', 'KILL'].flatMap((name) => ['--cap-add', name]);

const PART = 100_000;
const EXEC = { timeout: 10_000 };

/** A resolver in a container of its own, published on loopback. */
export function createHostResolver({ engine, runner, machine, key, port: wanted, platform = process.platform }: ResolverOptions): HostResolver {
  const usual = platform === 'win32' ? USUAL_PORT.win32 : USUAL_PORT.others;
  // One that cannot be read is told where it is needed, and keeps no other verb from its work.
  const portOf = () => (wanted === undefined || wanted === '' ? usual : readPort(wanted));
  const nameOf = () => `backlot-names-${portOf()}`;

  async function exec(id: string, script: string, args: readonly string[], signal: AbortSignal): Promise<string> {
    const { exitCode, output } = await engine.exec(id, ['sh', '-c', script, 'sh', key, ...args], EXEC, signal);
    if (exitCode !== 0) throw new BacklotError('resolver-failed', 'The resolver of this machine did not take its names', { cause: output.trim(), fix: `Remove it, then bring the set up again: docker rm -f ${nameOf()}` });
    return output;
  }

  async function ours(signal: AbortSignal): Promise<ContainerSummary | undefined> {
    return (await engine.listContainers([ROLE], signal)).find((container) => container.name === nameOf());
  }

  async function find(signal: AbortSignal): Promise<{ id: string } | undefined> {
    const container = await ours(signal);
    return container?.state === 'running' ? { id: container.id } : undefined;
  }

  async function run(signal: AbortSignal): Promise<{ id: string }> {
    const { arguments: before, environment } = engine.commandLine();
    const labels = [`${LABELS.version}=1`, ROLE].flatMap((label) => ['--label', label]);
    const published = ['udp', 'tcp'].flatMap((protocol) => ['--publish', `${ADDRESS}:${portOf()}:53/${protocol}`]);
    const limits = ['--restart', 'unless-stopped', '--memory', '64m', '--cap-drop', 'ALL', ...CAPABILITIES, '--security-opt', 'no-new-privileges', '--log-opt', 'max-size=1m'];
    const args = [...before, 'run', '--detach', '--pull', 'never', '--name', nameOf(), ...labels, ...published, ...limits, '--entrypoint', 'sh', IMAGE, '-c', SERVE];
    const { exitCode, stdout, stderr } = await runner.run('docker', args, { environment: { ...environment }, timeout: 60_000 }, signal);
    if (exitCode === 0) return { id: stdout.trim() };
    return explain(stderr, signal);
  }

  async function explain(stderr: string, signal: AbortSignal): Promise<{ id: string }> {
    if (/is already in use by container/i.test(stderr)) {
      // Another Backlot was quicker.
      const other = await ours(signal);
      if (other) return { id: other.id };
      throw new BacklotError('resolver-failed', `A container that is not Backlot’s has the name ${nameOf()}`, { fix: 'Rename that container, or choose another port: BACKLOT_DNS_PORT=5355' });
    }
    await removeFailed(signal);
    if (/port is already allocated|address already in use|ports are not available/i.test(stderr)) throw await portTaken(stderr);
    if (/no such image|unable to find image/i.test(stderr)) throw new BacklotError('resolver-failed', `The image ${IMAGE} is not there, and the resolver of this machine needs it`, { fix: 'Make it: npm run setup' });
    throw new BacklotError('resolver-failed', 'The resolver of this machine could not be started', { cause: stderr.trim().slice(-500) });
  }

  async function removeFailed(signal: AbortSignal): Promise<void> {
    const failed = await ours(signal);
    if (failed && failed.state !== 'running') await engine.removeContainer(failed.id, signal);
  }

  async function portTaken(cause: string): Promise<BacklotError> {
    const port = portOf();
    const holder = (await machine.portOwner(port, ADDRESS, 'udp')) ?? (await machine.portOwner(port, ADDRESS, 'tcp'));
    const who = holder?.program ? ` by ${holder.program}${holder.pid === undefined ? '' : ` (process ${holder.pid})`}` : '';
    return new BacklotError('resolver-failed', `The port ${port} for the resolver of this machine is taken${who}`, { cause: cause.trim().slice(-300), fix: `End that, or choose another port: BACKLOT_DNS_PORT=${port + 1}; BACKLOT_DNS_PORT=off does without the resolver.` });
  }

  return {
    get place() {
      return wanted === 'off' ? undefined : { address: ADDRESS, port: portOf() };
    },
    find,
    async start(signal) {
      const there = await ours(signal);
      if (!there) return run(signal);
      if (there.state === 'running') return { id: there.id };
      await engine.removeContainer(there.id, signal);
      return run(signal);
    },
    async publish(id, lines, signal) {
      const text = lines.map((line) => `${line}\n`).join('');
      const parts = Array.from({ length: Math.ceil(text.length / PART) }, (_, index) => text.slice(index * PART, (index + 1) * PART));
      await exec(id, PUBLISH, parts, signal);
    },
    async withdraw(id, signal) {
      const left = await exec(id, WITHDRAW, [], signal);
      if (left.trim() === '') await engine.removeContainer(id, signal);
    },
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new BacklotError('input-invalid', `BACKLOT_DNS_PORT is ${JSON.stringify(text)}`, { fix: 'Give a port from 1 to 65535, or off.' });
}
