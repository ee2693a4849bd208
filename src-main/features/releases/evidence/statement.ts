import { z } from 'zod';
import { StageProof } from '#contract/releases.ts';
import { parsedJson } from '#core/parsed-json.ts';
import { stableJson } from '#features/project/stable-json.ts';

/** What evidence says, beside which image it is about. */
export const EvidenceContent = z.object({
  project: z.string(),
  /** The engine's id of the image that the stages ran in. */
  id: z.string(),
  revision: z.string().optional(),
  dirty: z.boolean().optional(),
  platform: z.string().optional(),
  stages: z.array(StageProof),
  /** Why it was let through a gate that did not hold. */
  override: z.object({ target: z.string(), reason: z.string(), who: z.string(), time: z.string(), /** What did not hold then: nothing else is let through. */ conditions: z.array(z.string()).optional() }).optional(),
});
export type EvidenceContent = z.infer<typeof EvidenceContent>;

export const PREDICATE = 'https://backlot.dev/evidence/v1';

const Statement = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.object({ name: z.string().optional(), digest: z.record(z.string(), z.string()) })).min(1),
  predicateType: z.literal(PREDICATE),
  predicate: EvidenceContent,
});

/** The in-toto statement that these stages passed on the image of this digest. Equal content is equal bytes. */
export function writeStatement(image: { readonly name: string; readonly digest: string }, content: EvidenceContent): Uint8Array {
  const [algorithm = '', hex = ''] = image.digest.split(':');
  const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [{ name: image.name, digest: { [algorithm]: hex } }], predicateType: PREDICATE, predicate: EvidenceContent.parse(content) };
  return Buffer.from(stableJson(statement));
}

/** What a statement says of exactly this image, or why it says nothing of it. */
export function readStatement(payload: Uint8Array, digest: string): EvidenceContent | { readonly problem: string } {
  const parsed = Statement.safeParse(parsedJson(payload));
  if (!parsed.success) return { problem: 'It is no statement of evidence that this version of Backlot reads' };
  const [algorithm = '', hex = ''] = digest.split(':');
  const { subject, predicate } = parsed.data;
  if (subject.every((one) => one.digest[algorithm] !== hex)) return { problem: `It is about another image: ${Object.entries(subject[0]?.digest ?? {}).map((pair) => pair.join(':')).join(', ')}` };
  return predicate;
}
