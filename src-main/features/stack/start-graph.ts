import type { Dependency } from '#contract/project.ts';

export type Outcome = { readonly state: 'ready' | 'done' } | { readonly state: 'failed'; readonly why: string; readonly timedOut: boolean };

export type GraphNode = { readonly service: string; readonly dependsOn: readonly Dependency[] };

export type GraphActions = {
  /** Starts one service and waits for what becomes of it; calls `started` as soon as it runs. Rejects only when the whole work must end. */
  readonly run: (service: string, started: () => void) => Promise<Outcome>;
  readonly onWait: (service: string, why: string) => void;
};

type Milestones = { readonly started: Promise<Outcome | undefined>; readonly ended: Promise<Outcome> };

/**
 * Runs every service as soon as what it depends on is as far as its condition asks. Services come after their dependencies.
 * Never rejects for a failed service: its dependents fail with the reason.
 */
export async function startByGraph(nodes: readonly GraphNode[], actions: GraphActions): Promise<Map<string, Outcome>> {
  const milestones = new Map<string, Milestones>();
  for (const node of nodes) milestones.set(node.service, begin(node, milestones, actions));
  const settled = await Promise.allSettled([...milestones.values()].map(({ ended }) => ended));
  const rejected = settled.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
  return new Map(await Promise.all([...milestones].map(async ([service, { ended }]) => [service, await ended] as const)));
}

function begin(node: GraphNode, milestones: ReadonlyMap<string, Milestones>, actions: GraphActions): Milestones {
  let markStarted: (outcome: Outcome | undefined) => void = () => {};
  const started = new Promise<Outcome | undefined>((resolve) => (markStarted = resolve));
  const ended = (async (): Promise<Outcome> => {
    const blocked = await gates(node, milestones, actions);
    const outcome = blocked ?? (await actions.run(node.service, () => markStarted(undefined)));
    markStarted(outcome);
    return outcome;
  })();
  ended.catch(() => markStarted(undefined));
  return { started, ended };
}

/** Waits for the dependencies. Answers why the service cannot run, or nothing when it can. */
async function gates(node: GraphNode, milestones: ReadonlyMap<string, Milestones>, actions: GraphActions): Promise<Outcome | undefined> {
  const pending = new Map<string, string>();
  const tell = () => {
    if (pending.size > 0) actions.onWait(node.service, `waits for ${[...pending.values()].join(', ')}`);
  };
  const waits = node.dependsOn.flatMap((dependency) => {
    const milestone = milestones.get(dependency.service);
    if (!milestone) return [];
    pending.set(dependency.service, inWords(dependency));
    return [
      (async () => {
        const outcome = dependency.condition === 'started' ? await milestone.started : await milestone.ended;
        pending.delete(dependency.service);
        if (outcome?.state !== 'failed') tell();
        return { dependency, outcome };
      })(),
    ];
  });
  tell();
  for (const { dependency, outcome } of await Promise.all(waits)) {
    if (dependency.required && outcome?.state === 'failed') {
      return { state: 'failed', why: `not started, because ${dependency.service} failed`, timedOut: outcome.timedOut };
    }
  }
  return undefined;
}

function inWords({ service, condition }: Dependency): string {
  switch (condition) {
    case 'started':
      return `${service} to start`;
    case 'healthy':
      return `${service} to be ready`;
    case 'completed':
      return `${service} to end`;
    default:
      return condition satisfies never;
  }
}
