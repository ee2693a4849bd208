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

test('the last words of a command that fails are told without what they call a secret', async () => {
  const failing = createSecretReader({ environment: { ...process.env, SHOP_TOKEN: 'abcdef-known' }, processes: createProcessRunner(process.env) });
  const error: unknown = await failing.command(['sh', '-c', 'echo "Fail password=CmdSecret1 at ftp://me:CmdSecret2@host, abcdef-known" >&2; exit 1']).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'command-failed', cause: 'Fail password=[secret] at ftp://me:[secret]@host, [secret]' });
  expect(String(error)).not.toContain('CmdSecret');
});
