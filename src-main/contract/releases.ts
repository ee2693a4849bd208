import { z } from 'zod';
import { call, operation } from './define.ts';

/** One stage that passed on an image. */
export const StageProof = z.object({
  stage: z.string(),
  run: z.string(),
  tests: z.number().int(),
  failures: z.number().int(),
  skipped: z.number().int(),
  seconds: z.number(),
  time: z.string().describe('RFC 3339'),
  where: z.string().describe('user and machine, or the CI job'),
  inputs: z.string().optional().describe('hash of what the outcome depended on'),
  on: z.string().optional().describe('the target that it ran against'),
  passed: z.boolean().optional().describe('false where it failed, which takes away that it passed before'),
});
export type StageProof = z.infer<typeof StageProof>;

/** One piece of evidence as it was found beside the image, or on this machine. */
export const Attestation = z.object({
  digest: z.string().optional().describe('of its manifest in the registry; absent for what only this machine knows'),
  state: z.enum(['trusted', 'foreign', 'invalid', 'local']),
  key: z.string().optional().describe('id of the key that it says it is signed with'),
  problem: z.string().optional().describe('why it does not count'),
  stages: z.array(StageProof),
});
export type Attestation = z.infer<typeof Attestation>;

/** What is known to have passed on exactly one image. Stages are those that count. */
export const Evidence = z.object({
  schema: z.literal(1),
  image: z.string(),
  digest: z.string().describe('in the registry; for an image that is in none, the engine’s id'),
  id: z.string().optional().describe('the engine’s id of it'),
  revision: z.string().optional(),
  dirty: z.boolean().optional(),
  platforms: z.array(z.string()),
  stages: z.array(StageProof),
  attestations: z.array(Attestation),
  verified: z.boolean().describe('there is trusted evidence in the registry, and none that was tampered with'),
});
export type Evidence = z.infer<typeof Evidence>;

/** One thing that must hold before a promotion, and whether it does. */
export const Condition = z.object({
  id: z.string().describe('such as stage:unit, clean, pushed, platform, lock'),
  met: z.boolean(),
  text: z.string(),
  fix: z.string().optional(),
});
export type Condition = z.infer<typeof Condition>;

export const Promotion = z.object({
  image: z.string().describe('with its digest'),
  digest: z.string().describe('in the registry'),
  id: z.string().describe('the engine’s id: what the stages ran on'),
  revision: z.string(),
  target: z.string(),
  sent: z.boolean().describe('the registry did not have it yet'),
  conditions: z.array(Condition),
  override: z.string().optional().describe('why it was promoted all the same'),
});
export type Promotion = z.infer<typeof Promotion>;

export const Verdict = z.enum(['pass', 'fail', 'inconclusive']);
export type Verdict = z.infer<typeof Verdict>;

/** When the release before was measured: in the same window where both have traffic at once and can be told apart. */
export const PreviousIn = z.enum(['the same window', 'before the roll']);
export type PreviousIn = z.infer<typeof PreviousIn>;

/** What one check of the watch came to. */
export const KpiOutcome = z.object({
  check: z.string(),
  verdict: Verdict,
  samples: z.number().int(),
  value: z.number().optional(),
  bound: z.string(),
  previous: z.number().optional().describe('the release before, measured the same way'),
  previousIn: PreviousIn.optional().describe('when that was: in the same window where both have traffic at once'),
  why: z.string().optional(),
});
export type KpiOutcome = z.infer<typeof KpiOutcome>;

/** One deployment of one digest to one target, or the way back. */
export const Release = z.object({
  release: z.string(),
  target: z.string(),
  revision: z.string(),
  image: z.string(),
  digest: z.string(),
  previous: z.string().optional().describe('the revision that was there before'),
  kind: z.enum(['deploy', 'rollback']),
  state: z.enum(['running', 'pass', 'fail', 'inconclusive', 'cancelled', 'interrupted']),
  rolledBack: z.boolean().optional().describe('the one before serves again'),
  serves: z.string().optional().describe('the release that serves since this one was rolled out, or ended'),
  faulty: z.boolean().optional().describe('a later rollback went past it'),
  who: z.string(),
  operation: z.string().optional().describe('whose events tell of it, on the machine that did it'),
  started: z.string(),
  ended: z.string().optional(),
  reason: z.string().optional(),
  link: z.string().optional().describe('where the change can be looked at'),
  content: z.enum(['data', 'code']).optional().describe('it changed only the one'),
  accepted: z.string().optional().describe('who let it stay although its verdict was inconclusive'),
  kpi: z.array(KpiOutcome).optional(),
  /** How it was deployed, as its file had it, with variables not filled in: its own configuration, for the way back to it. */
  deploy: z.unknown().optional(),
  removed: z.boolean().optional().describe('it was taken away from the target since'),
  log: z.object({ digest: z.string(), size: z.number().int() }).optional().describe('what was told during it, beside the record'),
  trust: z.enum(['trusted', 'foreign', 'unsigned']).optional().describe('who wrote its entry: somebody who is believed here, somebody else, or nobody who signed it'),
  problem: z.string().optional().describe('why its entry does not count'),
});
export type Release = z.infer<typeof Release>;

export const Released = z.object({
  release: z.string(),
  target: z.string(),
  revision: z.string(),
  image: z.string(),
  digest: z.string(),
  previous: z.string().optional(),
  verdict: Verdict,
  rolledBack: z.boolean(),
  accepted: z.string().optional().describe('who let it stay although its verdict was inconclusive'),
  link: z.string().optional(),
  kpi: z.array(KpiOutcome),
  seconds: z.number(),
});
export type Released = z.infer<typeof Released>;

/** A release that can be gone back to. */
export const Candidate = z.object({
  release: z.string(),
  revision: z.string(),
  digest: z.string(),
  released: z.string(),
  who: z.string(),
  verdict: z.string(),
  faulty: z.boolean(),
  available: z.boolean().describe('the registry still has the image'),
  dataBetween: z.array(z.string()).describe('revisions since then that changed data'),
  isDefault: z.boolean(),
});
export type Candidate = z.infer<typeof Candidate>;

export const TargetLock = z.object({ owner: z.string(), reason: z.string(), since: z.string(), until: z.string() });
export type TargetLock = z.infer<typeof TargetLock>;

export const TargetView = z.object({
  name: z.string(),
  kind: z.enum(['swarm', 'pair', 'kubernetes', 'git', 'script', 'webhook', 'none']),
  requires: z.array(z.string()),
  platform: z.string().optional(),
  repository: z.string(),
  current: Release.optional(),
  promoted: z.object({ revision: z.string(), digest: z.string(), who: z.string(), time: z.string() }).optional(),
  lock: TargetLock.optional(),
  interrupted: z.object({ release: z.string(), revision: z.string(), who: z.string(), started: z.string() }).optional().describe('a release whose Backlot ended in its middle: the next deploy or rollback brings the target in order'),
  problem: z.string().optional().describe('why its record could not be read'),
});
export type TargetView = z.infer<typeof TargetView>;

/** How far one revision is on its way to a target. */
export const RevisionPath = z.object({
  revision: z.string(),
  subject: z.string().optional().describe('first line of its commit’s message, where this checkout has the commit'),
  author: z.string().optional(),
  time: z.string().describe('RFC 3339: when it was last heard of'),
  checkedOut: z.boolean(),
  dirty: z.boolean().optional().describe('the checkout differs from it'),
  image: z.string().optional().describe('a name to ask for its evidence by'),
  digest: z.string().optional().describe('in the registry'),
  evidence: z.array(z.object({ requirement: z.string(), met: z.boolean(), proof: StageProof.optional() })),
  promoted: z.object({ who: z.string(), time: z.string(), override: z.string().optional() }).optional(),
  released: Release.omit({ deploy: true, kpi: true }).optional().describe('its latest release there'),
  serves: z.array(z.string()).describe('the targets that run it now'),
});
export type RevisionPath = z.infer<typeof RevisionPath>;

const Place = z.object({ directory: z.string() });
const OfTarget = Place.extend({ target: z.string() });
/** With it an inconclusive verdict waits as a `question`; without, the release stays and is `deploy-failed`. */
const asks = z.boolean().default(false).describe('somebody is there to be asked');

const RevisionStart = z.string().min(4, 'give at least the first 4 characters of a revision');

export const releases = {
  /** What must hold for a promotion of what is checked out, and whether it does. */
  check: call(Place.extend({ target: z.string().optional() }), z.object({ schema: z.literal(1), target: z.string(), image: z.string(), revision: z.string(), conditions: z.array(Condition) })),
  /** Pushes the tested image, with its evidence, for a target. What does not hold makes it `gate-refused`, unless a reason overrides it; so does that another revision is checked out than the one that was looked at, whatever the reason. */
  promote: operation(Place.extend({ target: z.string().optional(), revision: z.string().optional(), override: z.string().min(3, 'give a reason that others understand').optional() }), Promotion),
  /** What is known to have passed on an image: a name in a registry, or of an image of this engine; without, what is checked out. */
  evidence: call(Place.extend({ reference: z.string().optional() }), Evidence),
  /** Deploys a promoted revision, the latest by default, and watches it. One that fails is rolled back, and is `deploy-failed` with the result beside it. */
  deploy: operation(OfTarget.extend({ revision: RevisionStart.optional(), content: z.enum(['data', 'code']).optional(), asks }), Released),
  /** Goes back to an earlier release, by default the last good one, with that release's own way to deploy. */
  rollback: operation(OfTarget.extend({ to: RevisionStart.optional(), reason: z.string().optional(), asks }), Released),
  candidates: call(OfTarget, z.object({ schema: z.literal(1), target: z.string(), candidates: z.array(Candidate) })),
  /** Releases, newest first. */
  list: call(Place.extend({ target: z.string().optional() }), z.object({ schema: z.literal(1), releases: z.array(Release) })),
  /** Revisions that are checked out, were run here, promoted or released, the latest first, each with how far it is on its way to the target. */
  revisions: call(OfTarget.extend({ limit: z.number().int().positive().max(100).default(12) }), z.object({ schema: z.literal(1), target: z.string(), revisions: z.array(RevisionPath) })),
  /** What was told during a release, the latest by default. */
  log: call(OfTarget.extend({ release: z.string().optional() }), z.object({ schema: z.literal(1), release: z.string(), lines: z.array(z.string()) })),
  targets: call(Place, z.object({ schema: z.literal(1), targets: z.array(TargetView) })),
  /** Keeps everybody from deploying to a target for a while. */
  lock: operation(OfTarget.extend({ reason: z.string().min(3, 'give a reason that others understand'), seconds: z.number().positive().default(3600) }), TargetLock),
  unlock: operation(OfTarget, z.object({ unlocked: z.boolean() })),
  /** Takes away what releases put on a target, where Backlot made it itself: a balanced pair. Data stays. */
  remove: operation(OfTarget, z.object({ target: z.string(), removed: z.array(z.string()) })),
};
