import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { expect } from '@playwright/test';
import { appFolder, test } from './desktop.ts';

const out = join(appFolder, 'out');

test.describe('the build', () => {
  test('contains nothing of the double', () => {
    const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(4);
    for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes('fake-electron'), join(parentPath, name)).toBe(false);
  });

  test('has a preload that a sandbox can load: one CommonJS file that requires nothing but electron', () => {
    const folder = join(out, 'preload');
    expect(readdirSync(folder)).toEqual(['preload.cjs']);
    const source = readFileSync(join(folder, 'preload.cjs'), 'utf8');
    expect(() => new vm.Script(`(function (require, module, exports) {${source}\n})`)).not.toThrow();
    expect([...source.matchAll(/\brequire\((["'`])(.*?)\1\)/g)].map(([, , name]) => name)).toEqual(['electron']);
    expect(source.split('\n').length).toBeLessThan(30);
  });

  test('has an entry that package.json names, and the core beside it', () => {
    const { main } = JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8')) as { main: string };
    expect(main).toBe('./out/main/main.js');
    expect(readdirSync(join(out, 'main'))).toEqual(expect.arrayContaining(['main.js', 'core.js']));
  });

  test('keeps the core free of Electron', () => {
    expect(readFileSync(join(out, 'main/core.js'), 'utf8')).not.toMatch(/from\s*["']electron["']|require\(["']electron["']\)/);
  });
});
