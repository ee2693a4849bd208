import path from 'node:path';
import { z } from 'zod';
import type { RunStore } from '#ports/run-store.ts';
import { readJson, writeAtomically } from '../state/files.ts';
import { acquireLock } from '../state/lock.ts';
import type { Paths } from '../state/paths.ts';
import { ownIdentity } from '../state/process-identity.ts';

const Evidence = z.object({
  schema: z.literal(1),
  digest: z.string(),
  image: z.string(),
  revision: z.string().exactOptional(),
  dirty: z.boolean().exactOptional(),
  platform: z.string(),
  stages: z.array(
    z.object({ stage: z.string(), run: z.string(), inputs: z.string(), tests: z.number(), failures: z.number(), skipped: z.number(), seconds: z.number(), time: z.string(), where: z.string(), passed: z.boolean().exactOptional() }),
  ),
});

/** What passed on each image digest: one file each, in which the latest run of every stage stands, whether it passed or failed. */
export function createEvidenceFiles(paths: Paths): Pick<RunStore, 'addEvidence' | 'readEvidence'> {
  const keyOf = (digest: string) => digest.replaceAll(/[^0-9a-z]+/g, '-').slice(0, 100);
  const fileOf = (digest: string) => path.join(paths.state, 'evidence', `${keyOf(digest)}.json`);
  const readEvidence: RunStore['readEvidence'] = (digest) => readJson(fileOf(digest), Evidence);
  return {
    readEvidence,
    async addEvidence(record, stages) {
      const owner = { process: await ownIdentity(), shell: '', method: 'runs.evidence', since: new Date().toISOString() };
      const release = await acquireLock(path.join(paths.state, 'locks', `evidence-${keyOf(record.digest)}`), owner, () => {}, new AbortController().signal);
      try {
        const before = (await readEvidence(record.digest))?.stages ?? [];
        const others = before.filter(({ stage }) => !stages.some((one) => one.stage === stage));
        await writeAtomically(fileOf(record.digest), JSON.stringify({ schema: 1, ...record, stages: [...others, ...stages] }, null, 2));
      } finally {
        await release();
      }
    },
  };
}
