import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countRunning } from '../../support/processes.ts';

const RUNNER = join(import.meta.dirname, '../../../src-main/adapters/process/process-runner.ts');

test.skipIf(process.platform === 'win32')('a command ends with us where we are killed soon after it has begun', async () => {
  const nap = String(63 + Math.random());
  const starts = `import { createProcessRunner } from ${JSON.stringify(RUNNER)};
    await createProcessRunner(process.env).run('sh', ['-c', 'sleep 0.1; kill -9 $PPID; exec sleep ${nap}'], { endsWithUs: true }, new AbortController().signal);`;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const [, signal] = (await once(spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', starts], { stdio: 'ignore' }), 'close')) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
    }),
  );
  await expect.poll(() => countRunning('sleep', nap), { timeout: 10_000 }).toBe(0);
});
