import { ESLint } from 'eslint';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const eslint = new ESLint({ cwd: root, overrideConfig: { languageOptions: { parserOptions: { projectService: false, project: null, program: null } } }, ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-imports' });

/** What the layer rule says of one import in a file at a path. */
async function complaint(path: string, specifier: string): Promise<string | undefined> {
  const [result] = await eslint.lintText(`import { x } from '${specifier}';\nexport const y = x;\n`, { filePath: join(root, path) });
  return result?.messages.find(({ ruleId }) => ruleId === 'no-restricted-imports')?.message;
}

describe('a planted violation fails lint', () => {
  test.each([
    ['src-renderer/App.tsx', '#adapters/docker/docker-engine.ts'],
    ['src-renderer/App.tsx', '#core/dispatcher.ts'],
    ['src-renderer/App.tsx', '../src-main/core/dispatcher.ts'],
    ['src-renderer/App.tsx', 'node:fs'],
    ['src-renderer/App.tsx', 'electron'],
    ['src-main/contract/index.ts', '#core/dispatcher.ts'],
    ['src-main/contract/index.ts', 'node:path'],
    ['src-main/core/dispatcher.ts', '#ports/container-engine.ts'],
    ['src-main/features/stack/up.ts', '#adapters/docker/docker-engine.ts'],
    ['src-main/features/stack/up.ts', '../../adapters/docker/docker-engine.ts'],
    ['src-main/features/stack/up.ts', 'dockerode'],
    ['src-main/features/stack/up.ts', 'electron'],
    ['src-main/adapters/docker/docker-engine.ts', '#features/stack/up.ts'],
    ['src-main/adapters/docker/docker-engine.ts', 'electron'],
    ['src-main/shells/http/main.ts', '#adapters/docker/docker-engine.ts'],
    ['src-main/shells/http/main.ts', 'electron'],
    ['src-main/shells/electron/main.ts', '#features/stack/up.ts'],
    ['src-main/app.ts', 'electron'],
  ])('%s importing %s', async (path, specifier) => {
    expect(await complaint(path, specifier)).toBeTruthy();
  });
});

describe('what a layer may import passes', () => {
  test.each([
    ['src-renderer/App.tsx', '#contract/index.ts'],
    ['src-main/features/stack/up.ts', '#ports/container-engine.ts'],
    ['src-main/adapters/docker/docker-engine.ts', '#ports/container-engine.ts'],
    ['src-main/shells/electron/main.ts', 'electron'],
    ['src-main/shells/cli/main.ts', '#contract/index.ts'],
  ])('%s importing %s', async (path, specifier) => {
    expect(await complaint(path, specifier)).toBeUndefined();
  });
});
