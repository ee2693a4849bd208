import { z } from 'zod';

export type SwarmService = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** All that its replicas are made from. */
  readonly template: string;
  /** Replicas that are wanted; absent where each node has one. */
  readonly replicas?: number;
  /** How its latest update goes, and when that began. */
  readonly update?: { readonly state: string; readonly began: string; readonly message: string };
};

/** One try to run a replica. */
export type SwarmTask = { readonly id: string; readonly name: string; readonly image: string; readonly wanted: string; readonly state: string; readonly error: string };

type Instance = { readonly name: string; readonly state: 'waiting' | 'starting' | 'done' | 'failed'; readonly why?: string };

const Service = z.object({
  ID: z.string(),
  Spec: z.object({
    Name: z.string(),
    TaskTemplate: z.looseObject({ ContainerSpec: z.object({ Image: z.string() }).optional() }),
    Mode: z.object({ Replicated: z.object({ Replicas: z.number() }).optional() }).optional(),
  }),
  UpdateStatus: z.object({ State: z.string().optional(), StartedAt: z.string().optional(), Message: z.string().optional() }).optional(),
});
const Task = z.object({ ID: z.string(), Name: z.string(), Image: z.string(), DesiredState: z.string(), CurrentState: z.string(), Error: z.string() });

/** Tries of one replica after which a new service counts as broken: Swarm itself would go on for ever. */
const MOST_FAILURES = 3;

export function parseServices(text: string): SwarmService[] {
  return z.array(Service).parse(JSON.parse(text || '[]')).map(({ ID, Spec, UpdateStatus }) => ({
    id: ID,
    name: Spec.Name,
    image: Spec.TaskTemplate.ContainerSpec?.Image ?? '',
    template: JSON.stringify(Spec.TaskTemplate),
    ...(Spec.Mode?.Replicated && { replicas: Spec.Mode.Replicated.Replicas }),
    ...(UpdateStatus?.State !== undefined && { update: { state: UpdateStatus.State, began: UpdateStatus.StartedAt ?? '', message: UpdateStatus.Message ?? '' } }),
  }));
}

export function parseTasks(text: string): SwarmTask[] {
  return text.split('\n').filter(Boolean).map((line) => {
    const { ID, Name, Image, DesiredState, CurrentState, Error } = Task.parse(JSON.parse(line));
    return { id: ID, name: Name.replace(/^[\s\\_]+/, ''), image: Image, wanted: DesiredState, state: CurrentState.split(' ')[0] ?? '', error: Error };
  });
}

/** What there was before a roll: services, and the tries to run replicas, of which Swarm keeps the last. */
export type Before = { readonly services: readonly SwarmService[]; readonly tasks: ReadonlySet<string> };
type Now = { readonly services: readonly SwarmService[]; readonly tasks: readonly SwarmTask[]; /** Swarm has had time to begin an update. */ readonly isSettled: boolean };

/** Replicas, why they failed, whether all are there, and whether Swarm keeps more of them than are wanted. */
type Judgement = { readonly instances: Instance[]; readonly failed?: string; readonly isDone: boolean; readonly hasSurplus: boolean };

/** How far a stack is: its replicas, why it has failed, whether all of it is there. Pure. */
export function judgeStack({ services, tasks, isSettled }: Now, before: Before, image: string): Judgement {
  const judged = services.flatMap((service) => {
    const former = before.services.find(({ id }) => id === service.id);
    const own = tasks.filter(({ name }) => name.startsWith(`${service.name}.`));
    if (service.image === image) return [judgeService(service, former, { isSettled, old: before.tasks, tasks: own })];
    const update = updateSince(former, service);
    // Swarm took it back by itself, and it has its former image again.
    return update?.state.startsWith('rollback') === true ? [{ instances: [], failed: whyOf(brokenOf(own, before.tasks, image)[0]) ?? update.message, isDone: false, hasSurplus: false }] : [];
  });
  const failed = judged.find((one) => one.failed !== undefined)?.failed;
  return { instances: judged.flatMap(({ instances }) => instances), ...(failed !== undefined && { failed }), isDone: judged.every(({ isDone }) => isDone), hasSurplus: judged.some(({ hasSurplus }) => hasSurplus) };
}

function judgeService(service: SwarmService, before: SwarmService | undefined, { tasks, old: earlier, isSettled }: { readonly tasks: readonly SwarmTask[]; readonly old: ReadonlySet<string>; readonly isSettled: boolean }): Judgement {
  const update = updateSince(before, service);
  const broken = brokenOf(tasks, earlier, service.image);
  const names = [...new Set(tasks.map(({ name }) => name))].sort();
  const instances = names.map((name) => instanceOf(name, tasks.filter((task) => task.name === name && (task.wanted === 'Running' || !earlier.has(task.id))), service.image));
  const why = whyOf(broken[0]);
  if (update && /^(?:paused|rollback)/.test(update.state)) return { instances, failed: why ?? update.message, isDone: false, hasSurplus: false };
  if (names.some((name) => broken.filter((task) => task.name === name).length >= MOST_FAILURES)) return { instances, failed: why ?? 'its replicas end', isDone: false, hasSurplus: false };
  // Replicas of the image before that Swarm has not taken away yet are wanted too, also those that do not run.
  const wanted = tasks.filter((task) => task.wanted === 'Running');
  const running = wanted.filter((task) => task.state === 'Running' && sameImage(task.image, service.image)).length;
  const enough = running === wanted.length && running >= (service.replicas ?? 1);
  // New settings of the same image: its replicas are as many as before until Swarm has begun.
  const isBegun = update !== undefined || isSettled || before === undefined || before.template === service.template;
  return { instances, isDone: enough && isBegun && update?.state !== 'updating', hasSurplus: wanted.length > (service.replicas ?? wanted.length) };
}

/** What Swarm says of an earlier update is still there when the new one begins. */
const updateSince = (before: SwarmService | undefined, now: SwarmService) => (now.update?.began === before?.update?.began ? undefined : now.update);

/** What ended in an earlier time of an image says nothing of this one. */
const brokenOf = (tasks: readonly SwarmTask[], earlier: ReadonlySet<string>, image: string) => tasks.filter((task) => sameImage(task.image, image) && !earlier.has(task.id) && (task.state === 'Failed' || task.state === 'Rejected'));
const whyOf = (broken: SwarmTask | undefined) => broken && `${broken.name}: ${broken.error || 'it ended'}`;

function instanceOf(name: string, tasks: readonly SwarmTask[], image: string): Instance {
  const ours = tasks.filter((task) => sameImage(task.image, image));
  const live = ours.find(({ wanted }) => wanted === 'Running');
  const error = ours.find((task) => task.error !== '')?.error;
  if (live?.state === 'Running') return { name, state: 'done' };
  if (live) return { name, state: error === undefined ? 'starting' : 'failed', why: error ?? live.state.toLowerCase() };
  return error === undefined ? { name, state: 'waiting', why: 'has the release before' } : { name, state: 'failed', why: error };
}

/** Lists leave the tag of a name with a digest out, or the registry. */
const sameImage = (shown: string, wanted: string) => shown === wanted || (shown.includes('@') && shown.slice(shown.indexOf('@')) === wanted.slice(wanted.indexOf('@')));
