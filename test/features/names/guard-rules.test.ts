import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { guardOptions, guardRules, isAllowed } from '#features/names/guard-rules.ts';
import { docker } from '../../support/backlot.ts';

const S = 'us.shop.example';
const mark = `bt-${randomBytes(4).toString('hex')}`;
const OUTSIDE = '192.0.2.1';
let upstream = '';

/** dnsmasq in a container of its own; answers its address. */
async function serve(name: string, ...options: string[]): Promise<string> {
  await docker('run', '-d', '--name', `${mark}-${name}`, '--label', 'dev.backlot.test=1', '--user', '65534:65534', '--cap-drop', 'ALL', '--read-only', 'backlot/names:1', 'dnsmasq', ...options);
  return docker('inspect', '--format', '{{.NetworkSettings.IPAddress}}', `${mark}-${name}`);
}

/** What a server says about names: an address, or the code of its answer. */
async function ask(server: string, names: readonly string[], type = 'A'): Promise<string[]> {
  const script = names.map((name) => `kdig +retry=2 +time=3 @${server} '${name}' ${type}`).join('; echo ---; ');
  const text = await docker('run', '--rm', 'backlot/names:1', 'sh', '-c', script);
  return text.split('---').map((one) => /\sA\s+(\d+\.\d+\.\d+\.\d+)/.exec(one)?.[1] ?? /status: (\w+)/.exec(one)?.[1] ?? one);
}

beforeAll(async () => {
  // All the world, as the guard forwards to it: every name there is one address.
  upstream = await serve('world', '--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', '--no-resolv', '--no-hosts', `--address=/#/${OUTSIDE}`);
});
afterAll(async () => {
  await docker('rm', '-fv', ...(await docker('ps', '-aq', '--filter', `name=${mark}-`)).split('\n'));
});

describe('what the guard lets pass', () => {
  test.each([
    ['nothing below a suffix', { allow: [] }, { [`a.${S}`]: 'NXDOMAIN', [S]: 'NXDOMAIN', [`A.B.${S.toUpperCase()}.`]: 'NXDOMAIN', [`x${S}`]: OUTSIDE, 'shop.example': OUTSIDE, 'example.org': OUTSIDE, single: OUTSIDE }],
    ['everything below a name, and not the name', { allow: [`*.cdn.${S}`] }, { [`a.cdn.${S}`]: OUTSIDE, [`a.b.cdn.${S}`]: OUTSIDE, [`cdn.${S}`]: 'NXDOMAIN', [`xcdn.${S}`]: 'NXDOMAIN' }],
    ['a name, and nothing below it', { allow: [`one.${S}`, 'example.org'] }, { [`one.${S}`]: OUTSIDE, [`One.${S}.`]: OUTSIDE, [`two.one.${S}`]: 'NXDOMAIN', [`one.two.${S}`]: 'NXDOMAIN', 'a.example.org': OUTSIDE }],
    ['both of a name', { allow: [`one.${S}`, `*.one.${S}`] }, { [`one.${S}`]: OUTSIDE, [`two.one.${S}`]: OUTSIDE, [`two.${S}`]: 'NXDOMAIN' }],
    ['the suffix alone', { allow: [S] }, { [S]: OUTSIDE, [`a.${S}`]: 'NXDOMAIN' }],
    ['everything below the suffix', { allow: [`*.${S}`] }, { [S]: 'NXDOMAIN', [`a.${S}`]: OUTSIDE }],
    ['what a pattern stands for', { allow: [`n-{1..2}.${S}`] }, { [`n-1.${S}`]: OUTSIDE, [`n-2.${S}`]: OUTSIDE, [`n-3.${S}`]: 'NXDOMAIN' }],
    ['more of what is below an allowed name', { allow: [`one.${S}`, `*.two.one.${S}`] }, { [`one.${S}`]: OUTSIDE, [`x.one.${S}`]: 'NXDOMAIN', [`x.two.one.${S}`]: OUTSIDE }],
    ['everything, where it only reports', { allow: [], guard: 'report' as const }, { [`a.${S}`]: OUTSIDE, [S]: OUTSIDE }],
  ])('is %s', async (what, given, expected: Record<string, string>) => {
    const rules = guardRules({ guard: 'block', suffixes: [S], ...given });
    const server = await serve(what.replaceAll(/\W+/g, '-'), ...guardOptions(rules, ['10.213.0.0/26'], upstream));
    const names = Object.keys(expected);
    expect(Object.fromEntries((await ask(server, names)).map((answer, index) => [names[index], answer]))).toEqual(expected);
    if (rules.mode === 'block') for (const [name, answer] of Object.entries(expected)) if (answer === OUTSIDE && name.toLowerCase().replace(/\.$/, '').endsWith(`.${S}`)) expect(isAllowed(name.toLowerCase().replace(/\.$/, ''), rules)).toBe(true);
  });

  test('is no name of another network of the set: whom it is not meant for does not learn its address', async () => {
    const server = await serve('networks', ...guardOptions(guardRules({ guard: 'block', suffixes: [S], allow: [] }), ['192.0.2.0/26'], upstream));
    expect(await ask(server, ['db'])).toEqual(['NXDOMAIN']);
  });

  test('is refused where it is no name', () => {
    for (const entry of ['a b', '*', '*.', `${'a'.repeat(64)}.${S}`, 'n-{1..100000}', 'a/b', 'a#b', '']) {
      expect(() => guardRules({ guard: 'block', suffixes: [S], allow: [entry] })).toThrow(BacklotError);
    }
  });
});
