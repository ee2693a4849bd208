import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunStore } from '#adapters/runs/run-store.ts';
import { findPaths } from '#adapters/state/paths.ts';
import type { StageInputs } from '#contract/runs.ts';
import { passedBefore } from '#features/runs/passed-before.ts';
import { SharedServices } from '#features/runs/shared-services.ts';
import { keepOutcome } from '#features/runs/stage-result.ts';

const RUN = '261121-000001-aaaaaa';
const inputs = (hash: string): StageInputs => ({ hash, image: 'shop', digest: 'sha256:1', command: ['true'], environment: {}, services: {}, network: 'own', backlot: '1' });
const passed = (hash: string) => ({ name: 'unit', state: 'passed' as const, cached: false, seconds: 1, tests: 1, failures: 0, skipped: 0, inputs: inputs(hash) });

test('a stage is reused neither from services that others had with it, nor where it has them with others now', async () => {
  const home = await mkdtemp(join(tmpdir(), 'passed-'));
  try {
    const store = createRunStore({ paths: findPaths({ BACKLOT_HOME: home }) });
    await store.begin({ run: RUN, project: 'shop', directory: '/shop', state: 'running', started: '2026-11-21T10:00:00.000Z', operation: 'op', who: 'me', stages: [] });
    await keepOutcome({ result: passed('aa'), tests: [] }, RUN, store);
    await keepOutcome({ result: { ...passed('bb'), sharedWith: ['other'] }, tests: [] }, RUN, store);
    const order = { planned: { name: 'unit', needs: [], file: { run: 'true', cache: true } }, fresh: false };
    expect((await passedBefore(order, inputs('aa'), store))?.run).toBe(RUN);
    expect(await passedBefore(order, inputs('bb'), store)).toBeUndefined();
    const share = Object.create(SharedServices.prototype) as SharedServices;
    expect(await passedBefore({ ...order, share }, inputs('aa'), store)).toBeUndefined();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
