import { LABELS, type ContainerDetails, type NewContainer } from '#ports/container-engine.ts';
import type { PortMapping } from '#contract/project.ts';
import { SWAP_ROLE, writeTargets } from './swaps.ts';
import { isHere, type SwapTarget } from './swap-targets.ts';

/** Where sockets lie by which the two containers of a swap reach each other, past every firewall. */
const FOLDER = '/swap';

/** How containers of the engine reach a process on this machine. */
type Reach =
  /** They share its kernel: one container on the machine's own network hands over through a socket in a folder. */
  | 'shared-folder'
  /** They are in a virtual machine that has a name for it. */
  | 'host-name';

export type ForwarderInput = {
  /** The container whose place is taken. */
  readonly place: ContainerDetails;
  readonly image: string;
  readonly targets: readonly SwapTarget[];
  /** Host ports of the service that are to lead to the process as well. */
  readonly published: readonly PortMapping[];
  /** Addresses that the Compose file fixes, by network. */
  readonly fixedAddresses: Readonly<Record<string, string>>;
  readonly reach: Reach;
};

/** The containers of a swap, in the order in which they are made and started. Pure. */
export function forwardersOf(input: ForwarderInput): NewContainer[] {
  const { place, targets, reach } = input;
  const here = reach === 'shared-folder' ? targets.filter(isHere) : [];
  const machineName = `${place.name}-swap-machine`;
  const labels = (role: string) => ({ ...inherited(place.labels), [LABELS.role]: role, [LABELS.swap]: writeTargets(targets) });
  const lines = targets.map((target) => `socat TCP-LISTEN:${target.container},fork,reuseaddr ${wayTo(target, reach)} &`);
  const inSet: NewContainer = {
    name: `${place.name}-swap`,
    image: input.image,
    command: script(lines),
    labels: labels(SWAP_ROLE.inSet),
    networks: place.networks.map(({ name, aliases = [] }) => ({
      name,
      aliases: [...new Set([...aliases.filter((alias) => !place.id.startsWith(alias)), place.name])],
      ...(input.fixedAddresses[name] !== undefined && { address: input.fixedAddresses[name] }),
    })),
    ports: input.published.flatMap(({ container, host, address }) => (host === undefined ? [] : [{ container, host, address: address ?? '127.0.0.1' }])),
    ...(here.length > 0 && { foldersOf: machineName }),
    ...(reach === 'host-name' && { hosts: { 'host.docker.internal': 'host-gateway' } }),
  };
  if (here.length === 0) return [inSet];
  const onMachine: NewContainer = {
    name: machineName,
    image: input.image,
    command: script([...CONNECT, ...here.map((target) => `socat UNIX-LISTEN:${socketOf(target)},fork,unlink-early ${wayHere(target)} &`)]),
    labels: labels(SWAP_ROLE.onMachine),
    networks: 'host',
    folders: [FOLDER],
  };
  return [onMachine, inSet];
}

/** A program may listen on either address of `localhost` alone, and be started later: which it is, is looked up for every connection. */
const CONNECT = [
  `cat > ${FOLDER}/connect <<'END'`,
  'hex=$(printf %04X "$1"); to=127.0.0.1',
  'grep -Eq ": (00000000|0100007F):$hex 0{8}:0000 0A" /proc/net/tcp || ! grep -Eq ": 0{24}01000000:$hex 0{32}:0000 0A" /proc/net/tcp6 || to="[::1]"',
  'exec socat STDIO "TCP:$to:$1"',
  'END',
];

function wayHere({ host, port }: SwapTarget): string {
  return host === 'localhost' ? `EXEC:"bash ${FOLDER}/connect ${port}",nofork` : `TCP:${inSocat(host)}:${port}`;
}

function wayTo(target: SwapTarget, reach: Reach): string {
  if (!isHere(target)) return `TCP:${inSocat(target.host)}:${target.port}`;
  return reach === 'shared-folder' ? `UNIX-CONNECT:${socketOf(target)}` : `TCP:host.docker.internal:${target.port}`;
}

function socketOf({ container }: SwapTarget): string {
  return `${FOLDER}/${container}`;
}

function inSocat(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Ends when it is asked to, or when one of its programs ends: then the engine starts it again. */
function script(lines: readonly string[]): string[] {
  return ['bash', '-c', ["trap 'exit 0' TERM", ...lines, 'wait -n', 'exit 1'].join('\n')];
}

/** The labels by which everything of the set is found. To Compose it is a one-off container of the service, which its `down` removes too. */
function inherited(labels: Readonly<Record<string, string>>): Record<string, string> {
  const kept = [LABELS.version, LABELS.project, LABELS.directory, LABELS.set, LABELS.service, 'com.docker.compose.project', 'com.docker.compose.service'];
  return { ...Object.fromEntries(kept.flatMap((label) => (labels[label] === undefined ? [] : [[label, labels[label]]]))), 'com.docker.compose.oneoff': 'True' };
}
