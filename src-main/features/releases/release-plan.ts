import { randomBytes } from 'node:crypto';
import type { Release } from '#contract/releases.ts';
import type { DeployOrder } from '#ports/deployer.ts';
import type { DeployFile } from './declared.ts';
import type { ReleasePorts } from './hold-target.ts';
import type { Aim } from './look.ts';
import type { PromotedImage } from './target-records.ts';

/** What is to be released where, and how there is a way back from it. */
export type Plan = {
  readonly aim: Aim;
  readonly image: PromotedImage;
  /** What there is a way back to, and what serves: usually the same. */
  readonly previous: Release | undefined;
  readonly serving: Release | undefined;
  readonly kind: Release['kind'];
  readonly deploy: DeployFile;
  /** The same as its file has it, for the record. */
  readonly written: unknown;
  /** How the former release is brought back; nothing where that cannot be. */
  readonly wayBack: DeployFile | undefined;
  readonly content: Release['content'] | undefined;
  readonly reason: string | undefined;
  /** Somebody is there to be asked. */
  readonly asks: boolean;
};

/** The entry of the target's record with which a release begins. */
export function newRelease({ aim, image, previous, kind, written, content, reason }: Plan, { who }: Pick<ReleasePorts, 'who'>): Release {
  return {
    release: `rel-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`,
    target: aim.name,
    revision: image.revision,
    image: `${aim.repository.name}@${image.digest}`,
    digest: image.digest,
    ...(previous && { previous: previous.revision }),
    kind,
    state: 'running',
    who,
    started: new Date().toISOString(),
    ...(reason !== undefined && { reason }),
    ...(content !== undefined && { content }),
    deploy: written,
  };
}

/** What a deployer is asked for. */
export function orderOf({ aim, previous, kind }: Plan, { release, revision, image }: Release, { who }: Pick<ReleasePorts, 'who'>): DeployOrder {
  return { release, project: aim.declared.name, directory: aim.declared.directory, files: aim.declared.directory, target: aim.name, revision, image, ...(previous && { previous: { revision: previous.revision, image: previous.image } }), who, mode: kind };
}
