import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { CLI } from './run-cli.ts';

test('output that has no room for more fails with a line, not with a stack', async () => {
  const told = await new Promise<{ code: unknown; text: string }>((resolve) => {
    execFile('sh', ['-c', '"$0" "$1" completion bash > /dev/full', process.execPath, CLI], (error, _out, text) => resolve({ code: error?.code, text }));
  });
  expect(told).toEqual({ code: 1, text: 'Backlot failed: ENOSPC: no space left on device, write\n' });
});
