import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { parseSubnet, type Subnet } from '#features/names/cidr.ts';
import type { Compose } from '#ports/compose.ts';
import { applyPlan, writeModel } from './apply-plan.ts';
import { getImages } from './get-images.ts';
import { GUARD_IMAGE } from './guard.ts';
import type { Journal } from './journal.ts';
import { observe, type ObservingPorts, type Situation } from './observe.ts';
import { planStack, type StackPlan } from './plan-stack.ts';

export type MakingPorts = ObservingPorts & { readonly compose: Compose };

/** Networks that others may take before us, again and again, before we give up. */
export const MOST_REFUSALS = 20;

/** Gets the images that are missing, and looks again: a new image may expose ports and differ from what runs. */
export async function withImages(situation: Situation, { services }: { readonly services: readonly string[] }, task: MakingPorts & Work): Promise<Situation> {
  const { images } = planStack(situation.desired, situation.observed);
  const guard = situation.desired.guard.parts[0];
  const lacksGuard = guard !== undefined && situation.observed.images[GUARD_IMAGE] === undefined;
  if (images.every((image) => image.action === 'present') && !lacksGuard) return situation;
  await Promise.all([getImages(images, () => writeModel(situation, task), task), lacksGuard && buildGuard(guard.name, situation, task)]);
  return observe(situation.desired.environment, { services, build: false }, task, task.signal);
}

/** Once on each engine. Without it nothing comes up: production names would reach production. */
async function buildGuard(part: string, situation: Situation, task: MakingPorts & Work): Promise<void> {
  task.tell({ type: 'message', level: 'info', text: `makes the image ${GUARD_IMAGE} of the guard, once` });
  try {
    await task.compose.build(await writeModel(situation, task), [part], () => {}, task.signal);
  } catch (error) {
    if (!(error instanceof BacklotError) || error.code !== 'build-failed') throw error;
    throw new BacklotError('build-failed', `The image ${GUARD_IMAGE} of the guard cannot be made: ${error.message}`, {
      cause: error.cause,
      fix: `It is made from Debian's packages: let the engine reach a registry and a Debian mirror, or load the image (docker load). names.guard: off in backlot.yaml does without it, and then production names may reach production.`,
    });
  }
}

/** Makes what is missing. Where somebody else was quicker to take the addresses of a network, chooses others. */
export async function applyWithAddresses(first: Situation, entry: Journal, { services }: { readonly services: readonly string[] }, task: MakingPorts & Work): Promise<{ stackPlan: StackPlan; situation: Situation }> {
  const refused: Subnet[] = [];
  for (let situation = first; ; ) {
    const stackPlan = planStack(situation.desired, situation.observed);
    try {
      await applyPlan(stackPlan, situation, entry, task);
      return { stackPlan, situation };
    } catch (error) {
      if (!isAddressClash(error) || refused.length >= MOST_REFUSALS) throw error;
      refused.push(...situation.desired.networks.networks.flatMap(({ subnet }) => (subnet === undefined ? [] : (parseSubnet(subnet) ?? []))));
      situation = await observe(first.desired.environment, { services, build: false, refused }, task, task.signal);
    }
  }
}

/** The engine's word for addresses that another network has. */
export function isAddressClash(error: unknown): boolean {
  return error instanceof BacklotError && /pool overlaps/i.test(`${error.message} ${String(error.cause)}`);
}
