import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { docker, eventually, withScene } from '../../support/backlot.ts';
import { CLI, lines, run, runOnTerminal, start } from './run-cli.ts';

const NEVER_READY = `name: NAME
services:
  db:
    image: debian:bookworm-slim
    init: true
    labels: { dev.backlot.test: "1" }
    command: sleep 1000
    healthcheck: { test: [CMD, 'false'], interval: 1s, retries: 1000, start_period: 300s }
`;

const TALKER = `name: NAME
services:
  api:
    image: debian:bookworm-slim
    init: true
    labels: { dev.backlot.test: "1" }
    command: sh -c 'printf "a\\033]0;evil\\007\\033[2J\\033[31mred\\033[0m\\n"; echo "::add-mask::secret"; echo "##vso[task]x"; seq 1 20000; sleep 1000'
`;

const containersOf = (name: string) => docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${name}`);

describe('signals', () => {
  test('F17: one interrupt cancels, takes back what was made, and exits with 130', async () => {
    await withScene({ 'compose.yaml': NEVER_READY }, async (scene) => {
      const { child, stdout, ended } = start(scene, ['up', '--json']);
      await eventually(async () => expect(stdout()).toContain('"state":"starting"'));
      child.kill('SIGINT');
      const { code, stdout: all } = await ended;
      expect(code).toBe(130);
      expect(lines(all).at(-1)).toMatchObject({ type: 'result', ok: false, schema: 1, error: { code: 'cancelled' } });
      expect(await containersOf(scene.name)).toBe('');
    });
  });

  test('F17: SIGTERM does the same and exits with 143', async () => {
    await withScene({ 'compose.yaml': NEVER_READY }, async (scene) => {
      const { child, stdout, ended } = start(scene, ['up', '--json']);
      await eventually(async () => expect(stdout()).toContain('"state":"starting"'));
      child.kill('SIGTERM');
      expect((await ended).code).toBe(143);
      expect(await containersOf(scene.name)).toBe('');
    });
  });

  test('F17: a second interrupt ends it at once', async () => {
    const compose = NEVER_READY.replace('command: sleep 1000', "stop_grace_period: 60s\n    command: [sh, -c, 'trap true TERM; while true; do sleep 1; done']").replace('init: true', 'init: false');
    await withScene({ 'compose.yaml': compose }, async (scene) => {
      await scene.run(scene.backlot.stack.up({ directory: scene.directory, timeout: 1 }));
      const { child, ended, stdout } = start(scene, ['down', '--json']);
      await eventually(async () => expect(stdout()).toContain('"state":"stopping"'));
      child.kill('SIGINT');
      // Two signals within a moment are one key press that npm passed on: the second press comes later.
      const again = setInterval(() => child.kill('SIGINT'), 300);
      const { code } = await ended;
      clearInterval(again);
      expect(code).toBe(130);
    });
  });

  test('F17: following ends with 130 and says nothing', async () => {
    await withScene({ 'compose.yaml': TALKER }, async (scene) => {
      await run(scene, ['up', '-q']);
      const { child, stdout, ended } = start(scene, ['logs', '-f']);
      await eventually(async () => expect(stdout()).toContain('20000'));
      child.kill('SIGINT');
      expect(await ended).toMatchObject({ code: 130, stderr: '' });
    });
  });
});

describe('streams', () => {
  test('F17: a reader that leaves ends it silently, with 0', async () => {
    await withScene({ 'compose.yaml': TALKER }, async (scene) => {
      await run(scene, ['up', '-q']);
      const shell = (script: string) =>
        promisify(execFile)('bash', ['-c', script], { cwd: scene.directory, env: { ...process.env, BACKLOT_HOME: scene.home } });
      const { stdout, stderr } = await shell(`"${process.execPath}" "${CLI}" logs | head -n 1; echo "\${PIPESTATUS[0]}"`);
      expect(stdout.split('\n').at(-2)).toBe('0');
      expect(stderr).toBe('');
      const help = await shell(`"${process.execPath}" "${CLI}" --help | true; echo "\${PIPESTATUS[0]}"`);
      expect(help).toEqual({ stdout: '0\n', stderr: '' });
      const closed = await shell(`"${process.execPath}" "${CLI}" ps <&-; echo $?; "${process.execPath}" "${CLI}" ps >&- 2>&-; echo $?`);
      expect(closed.stdout).toMatch(/api[^]*\n0\n0\n$/);
    });
  });

  test('B38: in a build log, container lines cannot command the build server', async () => {
    await withScene({ 'compose.yaml': TALKER }, async (scene) => {
      const place = { ...scene, environment: { CI: 'true', GITHUB_ACTIONS: 'true' } };
      await run(place, ['up', '-q']);
      await eventually(async () => expect((await run(place, ['logs', '--filter', 'task'])).stdout).toContain('| # #vso[task]x'));
      const { stdout } = await run(place, ['logs', '--filter', 'task', '--json']);
      expect(stdout).not.toContain('##');
      expect(lines(stdout)[0]).toMatchObject({ line: '##vso[task]x' });
    });
  });

  test('container text goes to a file as it is', async () => {
    await withScene({ 'compose.yaml': TALKER }, async (scene) => {
      await run(scene, ['up', '-q']);
      await eventually(async () => expect((await run(scene, ['logs', '--filter', 'red'])).stdout).toBe('api | a\u001b]0;evil\u0007\u001b[2J\u001b[31mred\u001b[0m\n'));
    });
  });
});

describe('on a terminal', () => {
  test('B37: container text keeps its colours and nothing else', async () => {
    await withScene({ 'compose.yaml': TALKER }, async (scene) => {
      await run(scene, ['up', '-q']);
      const { code, output } = await runOnTerminal(scene, ['logs', '--filter', 'red'], () => {});
      expect(code).toBe(0);
      expect(output).toContain('a\u001b[31mred\u001b[0m');
      expect(output).not.toContain('evil');
      expect(output).not.toContain('\u001b[2J');
    });
  });

  test('F17: Ctrl-C during live progress gives the cursor back and leaves nothing behind', async () => {
    await withScene({ 'compose.yaml': NEVER_READY }, async (scene) => {
      let pressed = false;
      const { code, output } = await runOnTerminal(scene, ['up'], (all, type) => {
        if (pressed || !all.includes('starting')) return;
        pressed = true;
        type('\u0003');
      });
      expect(code).toBe(130);
      expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.lastIndexOf('\u001b[?25l'));
      expect(output).toContain('Cancelled');
      expect(await containersOf(scene.name)).toBe('');
    });
  });

  test('B53: NO_COLOR, a dumb terminal and CI are honoured', async () => {
    await withScene({ 'compose.yaml': TALKER }, async (scene) => {
      const { output } = await runOnTerminal({ ...scene, environment: { NO_COLOR: '1', CI: 'true', COLUMNS: '1', LANG: 'C' } }, ['up'], () => {});
      expect(output).not.toContain('\u001b');
      expect(output).toContain('api: ready');
    });
  });
});

test('bash completes verbs, options, sets and services', async () => {
  await withScene({ 'compose.yaml': TALKER }, async (scene) => {
    const script = `
      backlot() { "${process.execPath}" "${CLI}" "$@"; }
      source <(backlot completion bash)
      complete_words() { COMP_WORDS=(backlot "$@"); COMP_CWORD=$#; _backlot; echo "\${COMPREPLY[*]}"; }
      complete_words rest; complete_words up --t; complete_words logs ""; complete_words exec a`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: scene.directory, env: { ...process.env, BACKLOT_HOME: scene.home } });
    expect(stdout.split('\n').slice(0, 4)).toEqual(['restart', '--timeout', 'minimal api', 'api']);
  });
});
