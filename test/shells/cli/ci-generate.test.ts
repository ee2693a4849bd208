import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withScene } from '../../support/backlot.ts';
import { run } from './run-cli.ts';

test('a CI file is written where its server looks, or with --out, and one that says something else stays until that is agreed to', () =>
  withScene({ 'compose.yaml': 'name: NAME\nservices: { db: { image: "redis:7" } }\n' }, async (scene) => {
    const generate = (...words: string[]) => run(scene, ['ci', 'generate', ...words]);
    const file = join(scene.directory, '.github/workflows/backlot.yml');
    expect(await generate('github')).toMatchObject({ code: 0, stdout: expect.stringContaining(file) });
    const text = await readFile(file, 'utf8');
    expect(text).toContain('- run: backlot run --junit');
    expect((await generate('github')).code).toBe(0);
    await writeFile(file, 'ours');
    const refused = await generate('github');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/is there already[\s\S]*--out[\s\S]*--yes/);
    expect(await readFile(file, 'utf8')).toBe('ours');
    expect((await generate('github', '--yes')).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(text);
    expect((await generate('gitlab', '--out', 'ci/own.yml')).code).toBe(0);
    expect(await readFile(join(scene.directory, 'ci/own.yml'), 'utf8')).toContain('junit: reports/backlot.xml');
    const unwritable = await generate('gitlab', '--out', 'backlot.yaml/own.yml');
    expect(unwritable.code).toBe(1);
    expect(unwritable.stderr).toMatch(/backlot\.yaml\/own\.yml cannot be written[\s\S]*fix: Check that you may write/);
  }));
