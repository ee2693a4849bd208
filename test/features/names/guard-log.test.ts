import { describe, expect, test } from 'vitest';
import { readGuardLog } from '#features/names/guard-log.ts';
import { guardOptions, guardRules } from '#features/names/guard-rules.ts';
import { GUARD_IMAGE } from '#features/stack/guard.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import { eventually } from '../../support/backlot.ts';
import { all, docker, engineFor, makeContainer, never } from '../../adapters/docker/engine-fixture.ts';
import { SUFFIX } from './scene.ts';

/** A guard whose lines are in its log half a second after its answer. */
async function slowGuard(mode: 'block' | 'report'): Promise<string> {
  const rules = guardRules({ guard: mode, suffixes: [SUFFIX], allow: [] });
  const options = guardOptions(rules, []).map((option) => `'${option}'`).join(' ');
  const late = 'while read -r line; do sleep 0.5; echo "$line"; done';
  const id = await makeContainer(['--user', '65534:65534', '--cap-drop', 'ALL'], ['bash', '-c', `exec dnsmasq ${options} > >(grep --line-buffered -E 'query|forwarded' | { ${late}; }) 2>&1`], GUARD_IMAGE);
  await docker('start', id);
  await eventually(async () => expect(await ask(id, '-c', 'CH', '-t', 'TXT', 'ready.bind')).toBe(true));
  return id;
}

/** Whether it has answered. */
const ask = (guard: string, ...question: string[]) => docker('exec', guard, 'kdig', '+noall', '+time=1', '+retry=0', '@127.0.0.1', ...question).then(() => true, () => false);

describe('the log of a guard', () => {
  test.each(['block', 'report'] as const)('tells of a question that it has just answered, and forwards nothing to know so: %s', async (mode) => {
    const guard = await slowGuard(mode);
    const engine = engineFor();
    await ask(guard, `last.${SUFFIX}`);
    const lines = await all(readGuardLog({ guard, suffixes: [SUFFIX] }, engine, never()));
    const last = lines.findLast(({ line }) => line.includes('query[A]'));
    expect(last?.line).toContain(`query[A] last.${SUFFIX} from 127.0.0.1`);
    await ask(guard, `later.${SUFFIX}`);
    const since = lines.at(-1)?.time;
    const later = (await all(readGuardLog({ guard, suffixes: [SUFFIX], since }, engine, never()))).map(({ line }) => line);
    expect(later).toContainEqual(expect.stringContaining(`query[A] later.${SUFFIX}`));
    expect(later).not.toContainEqual(expect.stringContaining('last.'));
    expect(await docker('logs', guard)).not.toMatch(/forwarded \S+\.bind /);
  });

  test('of one that has ended is read as it is', async () => {
    const guard = await makeContainer([], ['echo', 'dnsmasq: the end'], GUARD_IMAGE);
    await docker('start', '--attach', guard);
    expect((await all(readGuardLog({ guard, suffixes: [SUFFIX] }, engineFor(), never()))).map(({ line }) => line)).toEqual(['dnsmasq: the end']);
  });

  test('is read to where it is when it never shows what the guard has answered', async () => {
    const engine: Partial<ContainerEngine> = {
      exec: async () => ({ exitCode: 0, output: '' }),
      async *logs(_id, _options, signal) {
        yield [{ stream: 'stdout', time: '2026-01-01T00:00:00Z', line: Buffer.from('early\n') }];
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended')), { once: true }));
      },
    };
    const read = all(readGuardLog({ guard: 'g', suffixes: [SUFFIX] }, engine as ContainerEngine, never()));
    expect((await read).map(({ line }) => line)).toEqual(['early']);
    await expect(all(readGuardLog({ guard: 'g', suffixes: [SUFFIX] }, engine as ContainerEngine, AbortSignal.timeout(10)))).rejects.toThrow('ended');
  });
});
