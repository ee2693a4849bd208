import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { COMMANDS } from '../../../src-main/shells/cli/commands.ts';
import { complete } from '../../../src-main/shells/cli/completion-candidates.ts';
import { helpText } from '../../../src-main/shells/cli/help.ts';
import { createPaint } from '../../../src-main/shells/cli/paint.ts';
import { parse } from '../../../src-main/shells/cli/parse.ts';
import { createScreen } from '../../../src-main/shells/cli/screen.ts';
import { show as showMisses } from '../../../src-main/shells/cli/views/names-misses.ts';
import { show as showWhy } from '../../../src-main/shells/cli/views/names-why.ts';
import { show as showStatus } from '../../../src-main/shells/cli/views/ps.ts';
import { docker, withScene, type Scene } from '../../support/backlot.ts';
import { CLI, lines, run, runOnTerminal, type Place } from './run-cli.ts';
import { freePort } from '../../support/free-port.ts';

const screen = createScreen({}, {});
const words = (...given: string[]) => complete(given, COMMANDS).candidates.map(({ word }) => word);

function refusal(line: string): string {
  try {
    parse(line.split(' '), COMMANDS);
    return 'accepted';
  } catch (error) {
    const { message, fix } = error as { message: string; fix: string };
    return `${message} | ${fix}`;
  }
}

describe('verbs of two words', () => {
  test.each([
    ['names wyh db', 'There is no verb "names wyh" | Did you mean: backlot names why'],
    ['names why', 'names why needs NAME | See how it is used: backlot names why --help'],
    ['names minimal db', 'names does not take "db" | See how it is used: backlot names --help'],
    ['names alias db', 'names alias needs SERVICE | See how it is used: backlot names alias --help'],
    ['names install --form api', 'There is no option "--form" | See what there is: backlot names install --help'],
    ['swap api', 'swap needs --to or --back | See how it is used: backlot swap --help'],
    ['swap api --to localhost:80 --back', '--to and --back do not go together | Leave one of them out'],
    ['swap --back', 'swap needs SERVICE | See how it is used: backlot swap --help'],
  ])('B53: %s is refused with what to write instead', (line, expected) => {
    expect(refusal(line)).toBe(expected);
  });

  test('are listed in the help of their first word', () => {
    const parsed = parse(['names', '--help'], COMMANDS);
    const text = parsed.kind === 'help' ? helpText(parsed, createPaint(false)) : '';
    for (const word of ['why', 'misses', 'alias', 'allow', 'host', 'install', 'uninstall']) expect(text).toMatch(new RegExp(`^  names ${word} +\\S`, 'm'));
    expect(parse(['names', 'why', '--help'], COMMANDS)).toMatchObject({ kind: 'help', command: { word: 'names why' } });
  });

  test('are completed word by word', () => {
    expect(words('nam')).toEqual(['names']);
    expect(words('names', 'mi')).toEqual(['misses']);
    expect(words('names', 'w')).toEqual(['why']);
    expect(words('names', 'why', 'db', '--f')).toEqual(['--from']);
    expect(complete(['names', ''], COMMANDS)).toMatchObject({ wants: ['sets'] });
    expect(complete(['names', 'why', 'db', '--from', ''], COMMANDS)).toMatchObject({ candidates: [], wants: ['services'] });
    expect(complete(['swap', ''], COMMANDS)).toMatchObject({ wants: ['services'] });
  });

  test('of a word that is no verb itself are listed and completed as well', () => {
    const [names] = COMMANDS.filter(({ word }) => word === 'names why');
    const table = [{ ...names, word: 'fixture list', summary: 'Lists' }, { ...names, word: 'fixture show', summary: 'Shows' }] as typeof COMMANDS;
    expect(complete(['fi'], table).candidates.map(({ word }) => word)).toEqual(['fixture']);
    expect(complete(['fixture', ''], table).candidates).toEqual([{ word: 'list', summary: 'Lists' }, { word: 'show', summary: 'Shows' }]);
    expect(parse(['fixture', '--help'], table)).toEqual({ kind: 'help', family: 'fixture' });
  });
});

describe('what people read', () => {
  test('why: numbered steps, the verdict last', () => {
    expect(showWhy({ schema: 1, name: 'db', from: 'api', verdict: 'owned', owner: 'db', address: '10.0.0.2', steps: ['asked 127.0.0.11', 'it answered 10.0.0.2'] }, screen)).toBe(
      'db from api\n  1. asked 127.0.0.11\n  2. it answered 10.0.0.2\nowned: db answers at 10.0.0.2\n',
    );
  });

  test('misses: a table, and what to do about them', () => {
    const miss = { name: 'pay.shop.example', caller: 'api', set: 'minimal', count: 3, last: '2026-01-01T00:00:00Z', types: ['A', 'AAAA'], kind: 'blocked' as const };
    expect(showMisses({ schema: 1, guard: 'block', misses: [miss] }, screen)).toBe(
      [
        'NAME              CALLER  SET      TIMES  LAST                  TYPES    WHAT',
        'pay.shop.example  api     minimal      3  2026-01-01T00:00:00Z  A, AAAA  blocked',
        'fix: is it one of this set’s services? backlot names alias pay.shop.example SERVICE; may it be reached outside? backlot names allow pay.shop.example',
        '',
      ].join('\n'),
    );
  });

  test('ps: stand-ins and swaps stand beside their service', () => {
    const service = { name: 'db', state: 'ready' as const, image: 'redis:7', names: [], addresses: {}, ports: [], restarts: 0 };
    const text = showStatus({ schema: 1, project: 'shop', sets: [{ name: 'minimal', state: 'up', services: [{ ...service, standsFor: ['db-2', 'db-3'] }, { ...service, name: 'api', state: 'swapped', swappedTo: ['localhost:8080'] }] }] }, screen);
    expect(text).toMatch(/db .*stands in for db-2, db-3/);
    expect(text).toMatch(/api .*swapped → localhost:8080/);
  });
});

const PROJECT = {
  'compose.yaml': 'name: NAME\nservices:\n  db:\n    image: redis:7\n    stop_grace_period: 0s\n    labels: { dev.backlot.test: "1" }\n',
  'backlot.yaml': 'version: 1\nname: NAME\ncompose: [compose.yaml]\nnames: { suffixes: [us.NAME.example] }\nsets: { minimal: { services: all }, production-like: { services: all, addresses: own } }\n',
};

/** A scene whose machine is a folder with a hosts file, and whose resolver has a port of its own. */
async function withMachine(body: (place: Place & { readonly root: string }, scene: Scene) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'bt-machine-'));
  const port = await freePort();
  onTestFinished(async () => {
    await docker('rm', '-fv', `backlot-names-${port}`).catch(() => '');
    await rm(root, { recursive: true, force: true });
  });
  await chmod(root, 0o755);
  await mkdir(join(root, 'etc'));
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
  await withScene(PROJECT, (scene) => body({ directory: scene.directory, home: scene.home, root, environment: { BACKLOT_SYSTEM_ROOT: root, BACKLOT_DNS_PORT: String(port) } }, scene));
}

const sh = (script: string) => promisify(execFile)('sh', [script]);

/** Where Compose is only this user's own plugin, another user's home gets it too. */
async function givePlugins(home: string): Promise<void> {
  const plugin = join(homedir(), '.docker/cli-plugins/docker-compose');
  await mkdir(join(home, '.docker/cli-plugins'), { recursive: true });
  await copyFile(plugin, join(home, '.docker/cli-plugins/docker-compose')).catch(() => {});
}

const hosts = ({ root }: { readonly root: string }) => readFile(join(root, 'etc/hosts'), 'utf8');

describe('names on a machine, as processes', () => {
  test('names and names host in JSON have the shapes of the contract', () =>
    withMachine(async (place, { name }) => {
      await run(place, ['up', 'production-like', '-q']);
      const list = JSON.parse((await run(place, ['names', 'production-like', '--json'])).stdout) as { names: object[] };
      expect(list).toMatchObject({ schema: 1, guard: 'block', suffixes: [`us.${name}.example`] });
      expect(list.names).toContainEqual(expect.objectContaining({ name: `db.us.${name}.example`, service: 'db', container: expect.stringMatching(/^\d+[.]/) }));
      expect((await run(place, ['names'])).stdout).toMatch(/^production-like\nNAME +SERVICE +CONTAINER +HOST +PORTS\ndb /);
      expect(JSON.parse((await run(place, ['names', 'host', '--json'])).stdout)).toMatchObject({ schema: 1, state: 'absent', mechanism: 'hosts-file', resolver: { address: '127.0.0.1' }, answers: [{ project: name, set: 'production-like' }] });
      expect((await run(place, ['names', 'host'])).stdout).toMatch(/resolver {2}127\.0\.0\.1:\d+/);
      expect(await run(place, ['names', 'mises'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean: backlot names misses?') });
      await run(place, ['down', 'production-like', '-q']);
    }));

  test('install and uninstall tell what they change, as text and as events', () =>
    withMachine(async (place) => {
      const installed = await run(place, ['names', 'install']);
      expect(installed).toMatchObject({ code: 0, stdout: expect.stringContaining('This machine resolves') });
      expect(installed.stderr).toContain('/etc/hosts\n  + # backlot begin\n');
      expect(await hosts(place)).toBe('127.0.0.1 localhost\n# backlot begin\n# backlot end\n');
      const { stdout, code } = await run(place, ['names', 'uninstall', '--json']);
      expect({ code, result: lines(stdout).at(-1) }).toMatchObject({ code: 0, result: { type: 'result', ok: true, schema: 1, state: 'absent' } });
      expect(await hosts(place)).toBe('127.0.0.1 localhost\n');
    }));

  test('on a terminal it is asked first, and no means no', () =>
    withMachine(async (place) => {
      const answer = (key: string) => {
        let answered = false;
        return (all: string, type: (keys: string) => void) => {
          if (answered || !all.includes('[y/N]')) return;
          answered = true;
          type(`${key}\r`);
        };
      };
      expect(await runOnTerminal(place, ['names', 'install'], answer('n'))).toMatchObject({ code: 1, output: expect.stringContaining('Nothing was changed') });
      expect(await hosts(place)).toBe('127.0.0.1 localhost\n');
      expect(await runOnTerminal(place, ['names', 'install'], answer('y'))).toMatchObject({ code: 0 });
      expect(await hosts(place)).toContain('# backlot begin');
      expect((await runOnTerminal(place, ['names', 'uninstall', '--yes'], () => {})).code).toBe(0);
      expect(await hosts(place)).toBe('127.0.0.1 localhost\n');
    }));

  test('without rights nothing changes, and the command that is offered does it', () =>
    withMachine(async (place) => {
      const nobody = 65534;
      await givePlugins(place.home);
      for (const folder of [place.home, place.directory]) await chown(folder, nobody, nobody);
      const asNobody = (...verb: string[]) =>
        new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
          const env = { PATH: process.env['PATH'], HOME: place.home, BACKLOT_HOME: place.home, ...place.environment };
          execFile(process.execPath, [CLI, ...verb], { cwd: place.directory, env, uid: nobody, gid: nobody }, (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }));
        });
      const refused = await asNobody('names', 'install', '--yes');
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('This user may not change /etc/hosts') });
      expect(await hosts(place)).toBe('127.0.0.1 localhost\n');
      const script = /sudo sh (\S+) && backlot names install/.exec(refused.stderr)?.[1] ?? '';
      await sh(script);
      expect(await hosts(place)).toBe('127.0.0.1 localhost\n# backlot begin\n# backlot end\n');

      const back = await asNobody('names', 'uninstall', '--yes');
      expect(back).toMatchObject({ code: 1, stderr: expect.stringContaining('&& backlot names uninstall') });
      await sh(/sudo sh (\S+)/.exec(back.stderr)?.[1] ?? '');
      expect(await hosts(place)).toBe('127.0.0.1 localhost\n');
      expect((await asNobody('names', 'uninstall', '--yes')).code).toBe(0);
    }));

  test('a project without suffixes has nothing to install', () =>
    withMachine(async (place, { write }) => {
      await write({ 'backlot.yaml': 'version: 1\nname: NAME\ncompose: [compose.yaml]\n' });
      expect(await run(place, ['names', 'install'])).toMatchObject({ code: 1, stderr: expect.stringContaining('has no suffixes') });
    }));
});
