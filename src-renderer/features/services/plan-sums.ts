import type { Plan } from '#contract/stack.ts';
import { counted } from '../../ui/format.ts';
import type { Tone } from '../../ui/phase.ts';

/** How much of each kind of step a plan has. */
export type PlanSum = { readonly step: 'create' | 'recreate' | 'start' | 'remove' | 'keep'; readonly count: number };

/** The steps that occur, in the order in which a person asks: what comes, what changes, what goes, what stays. */
export function planSums({ create, recreate, start, remove, unchanged }: Plan): readonly PlanSum[] {
  const all: readonly PlanSum[] = [
    { step: 'create', count: create.length },
    { step: 'recreate', count: recreate.length },
    { step: 'start', count: start.length },
    { step: 'remove', count: remove.length },
    { step: 'keep', count: unchanged.length },
  ];
  return all.filter(({ count }) => count > 0);
}

/** What `up` would do, as one sentence. */
export function planSentence({ create, recreate, start, remove, unchanged, images }: Plan): string {
  const many = (list: readonly unknown[], verb: string, noun = 'container') => (list.length > 0 ? [`${verb} ${counted(list.length, noun)}`] : []);
  const steps = [
    ...many(images.filter(({ action }) => action === 'pull'), 'pull', 'image'),
    ...many(images.filter(({ action }) => action === 'build'), 'build', 'image'),
    ...many(create, 'create'),
    ...many(recreate, 'recreate'),
    ...many(start, 'start'),
    ...many(remove, 'remove'),
  ];
  if (steps.length === 0) return `Up has nothing to do: ${counted(unchanged.length, 'service')} as the files say.`;
  return `Up will ${steps.join(', ')}${unchanged.length > 0 ? ` and leave ${unchanged.length} as they are` : ''}. Data stays as it is.`;
}

/** `9 here, 1 to pull, 2 to build`. */
export function imageSum(images: Plan['images']): string {
  const words = { present: 'here', pull: 'to pull', build: 'to build' } as const;
  const parts = (['present', 'pull', 'build'] as const).flatMap((action) => {
    const count = images.filter((image) => image.action === action).length;
    return count > 0 ? [`${count} ${words[action]}`] : [];
  });
  return parts.join(', ') || 'none';
}

/** From this share of what the engine has on, memory may become tight. */
const TIGHT = 0.85;

/** Whether the expected memory fits, and how much of the available it is (0 to 1). */
export function memoryFit({ expected, available }: NonNullable<Plan['memory']>): { readonly share: number | undefined; readonly tone: Tone } {
  if (available === undefined || available <= 0) return { share: undefined, tone: 'idle' };
  const share = expected / available;
  return { share, tone: share > 1 ? 'fail' : share > TIGHT ? 'warn' : 'ready' };
}
