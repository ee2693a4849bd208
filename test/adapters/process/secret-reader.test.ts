import { expect, test } from 'vitest';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { createSecretReader } from '#adapters/process/secret-reader.ts';

const reader = (limit?: number) => createSecretReader({ environment: process.env, processes: createProcessRunner(process.env), ...(limit !== undefined && { limit }) });

test('a secret is the first line of what a command prints', async () => {
  expect(await reader().command(['printf', 'first\\nsecond'])).toBe('first');
});

test('a command that gives nothing in its time failed, and nobody cancelled it', async () => {
  await expect(reader(300).command(['sleep', '100'])).rejects.toMatchObject({ code: 'command-failed', message: 'The command sleep 100 that a secret is read from gave nothing for 0.3 s', fix: expect.stringContaining('by itself') as string });
});
