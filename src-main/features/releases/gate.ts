import type { Condition, StageProof, TargetLock } from '#contract/releases.ts';
import type { TargetFile } from './declared.ts';

/** What is known of the checkout that a promotion is asked for. */
type CheckoutFacts = {
  readonly sha: string;
  readonly dirty: boolean;
  readonly changes: number;
  /** Whether its commit is on its remote; a text says why that is not known. */
  readonly pushed: boolean | string;
};

export type GateFacts = {
  readonly target: string;
  readonly declared: Pick<TargetFile, 'requires' | 'platform'>;
  /** All targets of the project, by name. */
  readonly targets?: Readonly<Record<string, Pick<TargetFile, 'after'>>>;
  readonly checkout: CheckoutFacts;
  /** The image that would be promoted; absent where there is none. */
  readonly image?: {
    readonly name: string;
    readonly digest: string;
    readonly platforms: readonly string[];
    /** Of evidence that counts, the latest word on each. */
    readonly stages: readonly StageProof[];
    /** Why other evidence does not count. */
    readonly problems: readonly string[];
  };
  /** Another image that the registry has by the same revision. */
  readonly taken?: string;
  readonly lock?: TargetLock;
};

/** Everything that must hold before a promotion, and whether it does. Pure. */
export function judge(facts: GateFacts): Condition[] {
  const { image, checkout, lock, target } = facts;
  return [
    { id: 'image', met: image !== undefined, text: image ? `${image.name} is ${image.digest}` : `There is no image of revision ${checkout.sha}`, ...(!image && { fix: 'Build and test it: backlot run' }) },
    ...(facts.declared.requires ?? []).map((requirement) => stageCondition(requirement, facts)),
    {
      id: 'clean',
      met: !checkout.dirty,
      text: checkout.dirty ? `The checkout differs from its commit in ${checkout.changes} ${checkout.changes === 1 ? 'file' : 'files'}` : 'The checkout is what was committed',
      ...(checkout.dirty && { fix: 'Commit the changes, then run the stages on that.' }),
    },
    pushedCondition(checkout),
    ...platformCondition(facts),
    ...(facts.taken === undefined ? [] : [{ id: 'tag', met: false, text: `The registry has another image by this revision: ${facts.taken}`, fix: 'Somebody built or moved it: run the stages on that one, or have it removed.' }]),
    ...(lock === undefined ? [] : [{ id: 'lock', met: false, text: `${target} is locked by ${lock.owner} until ${lock.until}: ${lock.reason}`, fix: `Wait, or ask ${lock.owner}.` }]),
  ];
}

export const unmet = (conditions: readonly Condition[]): Condition[] => conditions.filter(({ met }) => !met);

type Requirement = NonNullable<TargetFile['requires']>[number];

/** How a requirement is called. */
export function nameOf(requirement: Requirement): string {
  return typeof requirement === 'string' ? requirement : `${requirement.stage} on ${requirement.on}`;
}

/** The condition's id by which an override names what it let through. */
export function conditionOf(requirement: Requirement): string {
  const { stage, on } = partsOf(requirement);
  return `stage:${stage}${on === undefined ? '' : `@${on}`}`;
}

/** The latest word on each stage and target, newest first: a failure takes away that it passed before. */
export function latestWords(stages: readonly StageProof[]): StageProof[] {
  const newestFirst = [...stages].sort((one, other) => Date.parse(other.time) - Date.parse(one.time));
  return newestFirst.filter((one, index) => newestFirst.findIndex(({ stage, on }) => stage === one.stage && on === one.on) === index);
}

/** What shows that a requirement is met, among the latest words. */
export function proofOf(requirement: Requirement, stages: readonly StageProof[]): StageProof | undefined {
  const { stage, on } = partsOf(requirement);
  return stages.find((one) => one.stage === stage && one.on === on && hasPassed(one));
}

export const hasPassed = ({ failures, passed }: StageProof): boolean => failures === 0 && passed !== false;

const partsOf = (requirement: Requirement) => (typeof requirement === 'string' ? { stage: requirement, on: undefined } : requirement);

function stageCondition(requirement: Requirement, { image, targets = {} }: GateFacts): Condition {
  const { stage, on } = partsOf(requirement);
  const id = conditionOf(requirement);
  const proof = proofOf(requirement, image?.stages ?? []);
  if (proof) return { id, met: true, text: `${nameOf(requirement)} passed on this image: run ${proof.run}, ${proof.time}, by ${proof.where}` };
  const others = (image?.problems ?? []).map((problem) => `; evidence that is there does not count: ${problem}`).join('');
  const fix = on === undefined ? `Run it: backlot run ${stage}` : fixOnTarget(stage, on, targets[on]);
  const failed = image?.stages.find((one) => one.stage === stage && one.on === on && !hasPassed(one));
  if (failed) return { id, met: false, text: `${nameOf(requirement)} failed on this image when it ran last: run ${failed.run}, ${failed.time}, by ${failed.where}`, fix: on === undefined ? `See why: backlot runs show ${failed.run}. Then run it again: backlot run ${stage}` : fix };
  return { id, met: false, text: `There is no evidence that ${nameOf(requirement)} passed on exactly this image${others}`, fix };
}

function fixOnTarget(stage: string, on: string, target: Pick<TargetFile, 'after'> | undefined): string {
  const isRun = target === undefined || target.after?.includes(stage) === true;
  return isRun ? `Deploy this image there first: backlot deploy ${on}` : `No deploy to ${on} runs it. Write in backlot.yaml, at targets.${on}: after: [${stage}]. Then deploy this image there: backlot deploy ${on}`;
}

function pushedCondition({ pushed, sha }: CheckoutFacts): Condition {
  if (pushed === true) return { id: 'pushed', met: true, text: 'The revision is on its remote' };
  return { id: 'pushed', met: false, text: pushed === false ? `The revision ${sha.slice(0, 12)} is on no branch of its remote` : `Whether the revision ${sha.slice(0, 12)} is on its remote is not known: ${pushed}`, fix: 'Push it: git push, or git push -u origin HEAD for a new branch' };
}

function platformCondition({ declared: { platform }, image }: GateFacts): Condition[] {
  if (platform === undefined || !image) return [];
  const met = image.platforms.some((one) => one === platform || one.startsWith(`${platform}/`));
  return [{ id: 'platform', met, text: met ? `The image is for ${platform}` : `The image is for ${image.platforms.join(', ') || 'no known platform'}, and the target runs ${platform}`, ...(!met && { fix: `Build it for ${platform}: build: { platforms: [${platform}] } in backlot.yaml, then run the stages on that.` }) }];
}
