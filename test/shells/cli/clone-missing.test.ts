import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lines, run, runOnTerminal } from './run-cli.ts';

const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'backlot-clone-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A project whose component can be cloned; what is cloned ends the work, so that nothing is brought up. */
function project(name: string): { readonly directory: string; readonly home: string; readonly component: string } {
  const directory = path.join(base, name, 'shop');
  const origin = path.join(base, name, 'origin');
  for (const folder of [directory, origin]) mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(directory, 'backlot.yaml'), 'version: 1\ncomponents: {payments: {path: ../payments, git: ../origin}}\n');
  writeFileSync(path.join(directory, 'compose.yaml'), 'services: {web: {image: nginx}}\n');
  writeFileSync(path.join(origin, 'compose.yaml'), 'services: {pay: {imag: x}}\n');
  const git = (...words: string[]) => execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.test', '-C', origin, ...words], { stdio: 'pipe' });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message=first');
  return { directory, home: path.join(base, name, 'home'), component: path.join(base, name, 'payments') };
}

describe('up with a component that is not checked out', () => {
  test('asks on a terminal, clones it, and goes on', async () => {
    const place = project('yes');
    const { output } = await runOnTerminal(place, ['up'], answering('\r'));
    expect(output).toContain(`Clone payments from ${path.join(base, 'yes/origin')} to ${place.component}? [Y/n]`);
    expect(output).toContain('services.pay: there is no key "imag"');
    expect(existsSync(path.join(place.component, 'compose.yaml'))).toBe(true);
  });

  test('ends with how to get it where the answer is no', async () => {
    const place = project('no');
    const { code, output } = await runOnTerminal(place, ['up'], answering('n\r'));
    expect(output).toContain('The component payments is not checked out');
    expect([code, existsSync(place.component)]).toEqual([3, false]);
  });

  test('asks nobody where nobody is, and clones with --yes', async () => {
    const place = project('none');
    const { code, stdout } = await run(place, ['up', '--json']);
    expect(lines(stdout).at(-1)).toMatchObject({ type: 'result', ok: false, error: { code: 'component-missing', fix: `git clone ${path.join(base, 'none/origin')} ${place.component}`, where: { line: 2, column: 14 } } });
    expect([code, existsSync(place.component)]).toEqual([3, false]);
    const agreed = await run(place, ['up', '--json', '--yes']);
    expect(lines(agreed.stdout).at(-1)).toMatchObject({ ok: false, error: { code: 'compose-invalid', where: { file: path.join(place.component, 'compose.yaml') } } });
  });
});

function answering(keys: string) {
  let answered = false;
  return (all: string, type: (keys: string) => void) => {
    if (answered || !all.includes('[Y/n]')) return;
    answered = true;
    type(keys);
  };
}
