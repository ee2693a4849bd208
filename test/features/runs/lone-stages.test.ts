import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createScreen } from '../../../src-main/shells/cli/screen.ts';
import { show } from '../../../src-main/shells/cli/views/runs-show.ts';
import { leftOf, runStages, withProject } from './run-scene.ts';

describe('a stage without services', () => {
  test('is run without Compose, with its folder, its variables and the guard, and leaves nothing', () =>
    withProject(
      { 'compose.yaml': 'services: { broken: { image: [' },
      '  lone: { image: "debian:bookworm-slim", directory: /tmp, run: "getent hosts nobody.us-east-1.shop.example; pwd; printenv A", environment: { A: "x $$y" }, allowEmpty: true }\n',
      async (scene) => {
        const { result, stage, value } = await runStages(scene);
        expect(result.ok, JSON.stringify(result)).toBe(true);
        expect(stage('lone')).toMatchObject({ state: 'passed', misses: [{ name: 'nobody.us-east-1.shop.example', caller: 'lone', kind: 'blocked' }] });
        const lines: string[] = [];
        for await (const batch of scene.backlot.runs.logs({ run: value?.run ?? '', stage: 'lone' })) lines.push(...batch.lines.map(({ line }) => line));
        expect(lines.slice(-2)).toEqual(['/tmp', 'x $y']);
        expect(await leftOf(scene)).toBe('');
      },
    ));

  test('that fails without a test that says why tells the last lines that it printed, in its run, its result and the report', () =>
    withProject({}, '  bad: { image: "debian:bookworm-slim", run: "seq 1 12; printf \'\\\\033[31mno such table\\\\033[0m\\\\n\\\\n\'; exit 3", allowEmpty: true }\n  good: { image: "debian:bookworm-slim", run: echo fine, allowEmpty: true }\n', async (scene) => {
      const { events, stage, value } = await runStages(scene, [], { junit: join(scene.directory, 'all.xml') });
      const output = ['4', '5', '6', '7', '8', '9', '10', '11', '12', 'no such table'];
      expect(stage('bad')).toMatchObject({ state: 'failed', why: 'exited with 3', output });
      expect(stage('good').output).toBeUndefined();
      expect(events.flatMap((event) => (event.type === 'message' && event.text.includes('printed') ? [event.text] : []))).toEqual([['bad printed last:', ...output.map((line) => `  ${line}`)].join('\n')]);
      expect(await readFile(join(scene.directory, 'all.xml'), 'utf8')).toContain('no such table</failure>');
      const shown = await scene.backlot.runs.show({ run: value?.run ?? '' });
      expect(show(shown, createScreen({}, {}))).toContain('  bad printed last:\n    4\n');
    }));

  test('side by side with twenty others gets a network of its own, and all are gone', () =>
    withProject({}, Array.from({ length: 20 }, (_, index) => `  s${index}: { image: "debian:bookworm-slim", run: hostname -I, allowEmpty: true }\n`).join(''), async (scene) => {
      const { result, value } = await runStages(scene);
      expect(result.ok, JSON.stringify(result)).toBe(true);
      expect(value?.stages.every(({ state }) => state === 'passed')).toBe(true);
      expect(await leftOf(scene)).toBe('');
    }));
});
