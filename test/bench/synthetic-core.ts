import type { ProjectView } from '#contract/project.ts';
import type { LogBatch, StackStatus } from '#contract/stack.ts';
import { BacklotError } from '#contract/errors.ts';
import type { Dispatcher } from '#core/dispatcher.ts';

type Methods = {
  readonly calls?: Readonly<Record<string, (input: never) => unknown>>;
  readonly streams?: Readonly<Record<string, (input: never, signal: AbortSignal) => AsyncIterable<unknown>>>;
};

const SERVICES = ['catalogue', 'postgres', 'redis', 'rabbitmq', 'storefront'];
export const DIRECTORY = '/projects/shop';

/** A core that knows one project whose set is up, and otherwise only what `methods` give: the page is measured, not the engine. */
export function syntheticCore({ calls = {}, streams = {} }: Methods): Dispatcher {
  const allCalls: Readonly<Record<string, (input: never) => unknown>> = {
    'project.list': () => ({ projects: [{ directory: DIRECTORY, name: 'shop' }] }),
    'project.load': () => PROJECT,
    'operations.list': () => ({ operations: [] }),
    'terminals.list': () => ({ terminals: [] }),
    ...calls,
  };
  const allStreams: Readonly<Record<string, (input: never, signal: AbortSignal) => AsyncIterable<unknown>>> = {
    'stack.watch': async function* (_input, signal) {
      yield STATUS;
      await aborted(signal);
    },
    ...streams,
  };
  return {
    call: async (method, input) => {
      const answer = allCalls[method];
      if (!answer) throw new BacklotError('method-unknown', `There is no ${method} here`);
      return answer(input as never);
    },
    open: (method, input, signal) => {
      const feed = allStreams[method];
      if (!feed) throw new BacklotError('method-unknown', `There is no ${method} here`);
      return feed(input as never, signal);
    },
  };
}

/** Log batches of `size` lines without end, at `rate` lines a second, or as fast as they are read. */
export async function* endlessLines(size: number, signal: AbortSignal, rate = Infinity): AsyncIterable<LogBatch> {
  const from = performance.now();
  for (let count = 0; !signal.aborted; count += size) {
    yield { lines: Array.from({ length: size }, (_, index) => lineOf(count + index)) };
    if (count % (size * 8) === 0) await new Promise((resolve) => setImmediate(resolve));
    const ahead = (count / rate) * 1000 - (performance.now() - from);
    if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
  }
}

/** A line as services write them: about 120 characters, some coloured, some errors. */
export function lineOf(count: number): LogBatch['lines'][number] {
  const service = SERVICES[count % SERVICES.length] ?? 'catalogue';
  const time = new Date(Date.UTC(2026, 10, 21, 9) + count).toISOString().replace('Z', '000000Z');
  const path = `/api/products/${(count * 7919) % 10_000}?page=${count % 40}`;
  if (count % 97 === 0) return { service, stream: 'stderr', time, line: `\u001b[31mERROR\u001b[0m request ${count} failed: connect ECONNREFUSED 172.20.0.5:5432 while reading ${path}` };
  if (count % 5 === 0) return { service, stream: 'stdout', time, line: `\u001b[32mINFO\u001b[39m [\u001b[36mhttp\u001b[39m] GET ${path} \u001b[1m200\u001b[22m ${count % 90} ms request=${count}` };
  return { service, stream: 'stdout', time, line: `2026-11-21 09:00:00 info request ${count} GET ${path} status=200 duration=${count % 90}ms bytes=${(count * 31) % 65_536} client=10.0.3.${count % 250}` };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

const PROJECT: ProjectView = {
  schema: 1, name: 'shop', directory: DIRECTORY, file: `${DIRECTORY}/backlot.yaml`, compose: [], components: [], suffixes: [], defaultSet: 'minimal',
  sets: [{ name: 'minimal', addresses: 'localhost', composeProject: 'shop-minimal', standIns: {}, environment: [], members: SERVICES.map((service) => ({ service, because: 'chosen by the set' })) }],
  services: SERVICES.map((name) => ({ name, kind: 'other', image: `${name}:1`, build: false, dependsOn: [], ports: [], names: [name], healthcheck: true })),
  stages: [], stageViews: [], fixtures: [], targets: [], warnings: [],
};

const STATUS: StackStatus = {
  schema: 1,
  project: 'shop',
  sets: [{ name: 'minimal', state: 'up', services: SERVICES.map((name) => ({ name, state: 'ready', image: `${name}:1`, names: [name], addresses: {}, ports: [], restarts: 0 })) }],
};
