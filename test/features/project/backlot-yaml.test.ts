import { describe, expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { checkProjectFile, readProjectSource } from '#features/project/read-project-file.ts';
import { faultLines } from './project-folder.ts';

/** How a file fails, one line for each fault. */
function faults(text: string, variables: Record<string, string> = {}): string[] {
  try {
    check(text, variables);
  } catch (error) {
    if (error instanceof BacklotError) return faultLines(error, '');
    throw error;
  }
  return [];
}

function check(text: string, variables: Record<string, string> = {}) {
  return checkProjectFile(readProjectSource(Buffer.from(text), 'backlot.yaml', () => variables));
}

describe('backlot.yaml', () => {
  test('the least that it says is its version', () => {
    expect(check('version: 1\n')).toEqual({ version: 1 });
  });

  test.each(['', '# only a comment\n', '---\n', 'null\n'])('B1: an empty file (%j) is told what the least is', (text) => {
    const [fault = ''] = faults(text);
    expect(fault).toContain('config-invalid: backlot.yaml:1:1: The file is empty');
    expect(fault).toContain('version: 1\ncompose: [compose.yaml]');
  });

  test('a file that is no map is told to be one', () => {
    expect(faults('hello\n')).toEqual(['config-invalid: backlot.yaml:1:1: The file cannot be "hello" · Write a map of keys, such as version: 1.']);
  });

  test('a missing version is told at the beginning', () => {
    expect(faults('name: shop\n')).toEqual(['config-invalid: backlot.yaml:1:1: version is missing · Add it: the number 1, such as version: 1.']);
  });

  test('B11: unknown keys fail where they stand, with the nearest key, on every level and all at once', () => {
    expect(faults('version: 1\nsts: {}\nsets:\n  minimal:\n    serivces: [api]\nstages:\n  unit: {run: x, timeut: 5m}\n')).toEqual([
      expect.stringMatching(/^config-invalid: backlot.yaml:2:1: There is no key "sts" · Did you mean sets\?/),
      expect.stringMatching(/^backlot.yaml:5:5: sets.minimal: there is no key "serivces" · Did you mean services\? The keys here are: services, /),
      expect.stringMatching(/^backlot.yaml:7:18: stages.unit: there is no key "timeut" · Did you mean timeout\?/),
    ]);
  });

  test('B11: a key in the wrong branch of a choice is told for the branch that was meant', () => {
    expect(faults('version: 1\ntargets:\n  s: {deploy: {webhook: {url: {evn: X}}}}\n')).toEqual([
      'config-invalid: backlot.yaml:3:32: targets.s.deploy.webhook.url: there is no key "evn" · Did you mean env? The keys here are: env, command, keychain.',
    ]);
  });

  test('keys of your own begin with "x-", on every level, and are not passed on', () => {
    const text = 'version: 1\nx-top: 1\nsets:\n  minimal: {services: [api], x-note: {a: 1}}\nstages:\n  unit: {run: [npm, test], x-owner: me}\n';
    expect(check(text)).toEqual({ version: 1, sets: { minimal: { services: ['api'] } }, stages: { unit: { run: ['npm', 'test'] } } });
  });

  test('a name that begins with "x-" stays where names are free', () => {
    expect(check('version: 1\nnames: {aliases: {x-ray: [a]}}\n').names).toEqual({ aliases: { 'x-ray': ['a'] } });
  });

  test.each([
    ['version: "1"', '1:10: version cannot be "1" · Write the number 1, such as version: 1.'],
    ['compose: 5', '2:10: compose cannot be 5 · Write a list of Compose files, such as [compose.yaml].'],
    ['compose: []', '2:10: compose cannot be an empty list · Write a list of Compose files, such as [compose.yaml].'],
    ['sets: [minimal]', '2:7: sets cannot be a list · Write sets by name, such as {minimal: {services: [api]}}.'],
    ['sets: {minimal: }', '2:17: sets.minimal cannot be empty · Write the services of the set'],
    ['sets: {minimal: {services: api}}', '2:28: sets.minimal.services cannot be "api" · Write a list of services, or all, such as [api, web].'],
    ['sets: {minimal: {services: {api: 1}}}', '2:28: sets.minimal.services cannot be a map · Write a list of services, or all'],
    ['sets: {minimal: {addresses: host}}', '2:29: sets.minimal.addresses cannot be "host" · Write localhost or own'],
    ['sets: {minimal: {environment: [1, 2]}}', '2:31: sets.minimal.environment cannot be a list · Write variables with their values, such as {NODE_ENV: development}.'],
    ['sets: {minimal: {replicas: {db: -1}}}', '2:33: sets.minimal.replicas.db cannot be -1 · Write a number of containers, such as 3.'],
    ['sets: {minimal: {ports: {db: {5432: 70000}}}}', '2:37: sets.minimal.ports.db.5432 cannot be 70000 · Write a port number from 1 to 65535'],
    ['sets: {minimal: {ports: {db: {pg: 1}}}}', `2:31: sets.minimal.ports.db.pg: "pg" cannot be a name here · Write a container's port number, such as 5432.`],
    ['sets: {Big Set: {}}', '2:8: sets.Big Set: "Big Set" cannot be a name here · Write a name of lower-case letters'],
    ['name: Shop', '2:7: name cannot be "Shop" · Write a name of lower-case letters, digits and "-", at most 40 long, such as shop.'],
    ['stages: {unit: {}}', '2:16: stages.unit.run is missing · Add it: a command: text for the shell, or a list'],
    ['notify: [{slack: https://hooks}]', '2:18: notify[0].slack cannot be "https://hooks" · Write where the secret is read from, never the secret itself'],
    ['notify: [{slack: {env: A}, rocketchat: {env: B}}]', '2:10: notify[0] must have exactly one of slack, rocketchat and github'],
    ['targets: {s: {deploy: {}}}', '2:23: targets.s.deploy must have exactly one of swarm, pair'],
  ])('B12: %s is told the form that is expected, and an example', (line, fault) => {
    const text = line.startsWith('version') ? `${line}\n` : `version: 1\n${line}\n`;
    expect(faults(text)).toEqual([expect.stringContaining(`backlot.yaml:${fault}`)]);
  });

  test.each([
    ['stages: {unit: {run: x, repeatable: yes}}', 'stages.unit.repeatable cannot be "yes" · Write true or false'],
    ['sets: {minimal: {addresses: on}}', 'sets.minimal.addresses cannot be "on" · Write localhost or own'],
    ['stages: {unit: {run: x, timeout: 012}}', 'stages.unit.timeout cannot be 12 · Write a time with its unit'],
    ['stages: {unit: {run: x, timeout: 5:30}}', 'stages.unit.timeout cannot be "5:30" · Write a time with its unit'],
    ['sets: {minimal: {replicas: {db: no}}}', 'sets.minimal.replicas.db cannot be "no" · Write a number of containers'],
  ])('B13: what YAML 1.1 took for something else is told: %s', (line, fault) => {
    expect(faults(`version: 1\n${line}\n`)).toEqual([expect.stringContaining(fault)]);
  });

  test('B14: __proto__ and constructor are unknown keys like others', () => {
    expect(faults('version: 1\n__proto__: {polluted: 1}\nsets: {constructor: {prototype: 1}}\n')).toHaveLength(2);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('variables are filled in as Compose does, and become numbers where they stand without quotes', () => {
    const text = 'version: ${V}\nname: ${N:-shop}\nsets:\n  minimal:\n    replicas: {cache: $COUNT}\n    environment: {A: "${COUNT}", B: $$HOME, C: "${NONE:-}"}\n';
    expect(check(text, { V: '1', COUNT: '3' })).toMatchObject({ version: 1, name: 'shop', sets: { minimal: { replicas: { cache: 3 }, environment: { A: '3', B: '$HOME', C: '' } } } });
  });

  test('B15: missing and badly written variables fail at their places, all at once', () => {
    expect(faults('version: 1\nname: ${NOPE:?give it a name}\nregistry: ${1x}\n')).toEqual([
      'config-invalid: backlot.yaml:2:7: The variable NOPE must be set: give it a name · Set it in the environment or in the .env file: NOPE=…',
      'backlot.yaml:3:11: ${1x} is not a variable · Write ${NAME} or ${NAME:-default}; write $$ for a dollar sign.',
    ]);
  });

  test('B15: an unset variable is warned of with its place', () => {
    const { warnings } = readProjectSource(Buffer.from('version: 1\nstages: {unit: {run: "echo $f"}}\n'), 'backlot.yaml', () => ({}));
    expect(warnings).toEqual(['backlot.yaml:2:22: the variable f is not set, so it is empty; write ${f:-default}, or $$f to keep the dollar sign']);
  });
});
