import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Names of what tests make, as their scenes give them. Compose puts an id before them while it makes a container anew. */
const OF_TESTS = /^(?:[0-9a-f]{12}_)?(?:backlot-)?b[tf]-(?:[a-z]+-)?[0-9a-f]{8}/;
const WITHOUT_NAME = /^[0-9a-f]{64}$/;

type EngineEvent = { readonly Type: string; readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> } };

/** Volumes without a name that containers of tests got. `down` leaves them, as it leaves all data; nobody needs them after the tests. */
export class LeftVolumes {
  readonly #names = new Map<string, string>();
  readonly #volumes = new Map<string, string>();
  readonly #watching: ChildProcess;

  constructor() {
    this.#watching = spawn('docker', ['events', '--filter', 'type=container', '--filter', 'event=create', '--filter', 'type=volume', '--filter', 'event=mount', '--format', '{{json .}}'], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#watching.on('error', () => {});
    if (this.#watching.stdout) createInterface({ input: this.#watching.stdout }).on('line', (line) => this.#note(JSON.parse(line) as EngineEvent));
  }

  /** Removes those that are still there; answers how many these were. */
  async remove(): Promise<number> {
    this.#watching.kill();
    const { stdout } = await execute('docker', ['volume', 'ls', '-q', '--filter', 'dangling=true']).catch(() => ({ stdout: '' }));
    const left = stdout.split('\n').filter((volume) => OF_TESTS.test(this.#names.get(this.#volumes.get(volume) ?? '') ?? ''));
    if (left.length > 0) await execute('docker', ['volume', 'rm', ...left]).catch(() => {});
    return left.length;
  }

  #note({ Type: type, Actor: { ID: id, Attributes: attributes } }: EngineEvent): void {
    if (type === 'container') this.#names.set(id, attributes['name'] ?? '');
    else if (WITHOUT_NAME.test(id)) this.#volumes.set(id, attributes['container'] ?? '');
  }
}
