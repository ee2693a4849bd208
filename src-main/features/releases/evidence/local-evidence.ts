import type { StageProof } from '#contract/releases.ts';

/** What runs on this machine left of an image, by the engine's id of it. */
export type LocalEvidence = {
  readonly image: string;
  readonly revision?: string;
  readonly dirty?: boolean;
  readonly platform: string;
  readonly stages: readonly StageProof[];
};

export type ReadLocalEvidence = (digest: string) => Promise<LocalEvidence | undefined>;
