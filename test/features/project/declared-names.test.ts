import { describe, expect, test } from 'vitest';
import { faultsOf, loadProject } from './project-folder.ts';

const CLUSTER = 'services:\n  n1: {image: mongo}\n  n2: {image: mongo}\n  api: {image: node}\n  db: {image: postgres}\n  cache: {image: redis}\n';
const fails = (backlot: string, compose = CLUSTER) => faultsOf({ 'backlot.yaml': backlot, 'compose.yaml': compose });

describe('a group', () => {
  test('is a name that several services have on purpose', async () => {
    const { groups, services } = await loadProject('version: 1\nnames: {suffixes: [shop.example], groups: {"mongo-{a,b}": [n1, n2], n1: [n1, n2]}}\n', CLUSTER);
    expect(groups).toEqual({ 'mongo-a': ['n1', 'n2'], 'mongo-b': ['n1', 'n2'], n1: ['n1', 'n2'] });
    expect([services['n1']?.groups, services['api']?.groups]).toEqual([['mongo-a', 'mongo-b', 'n1'], []]);
  });

  test('does not let others have its name', async () => {
    expect(await fails('version: 1\nnames:\n  groups: {all: [n1, n2]}\n  aliases: {api: [all]}\n')).toEqual([
      expect.stringMatching(/^config-invalid: backlot\.yaml:4:13: In the set minimal, both api and n2 have the name all/),
    ]);
  });

  test('names services that there are, and is a name itself', async () => {
    expect(await fails('version: 1\nnames:\n  groups:\n    all: [n1, m2]\n    "a b": [n1]\n    "x{1..100000}": [n1]\n')).toEqual([
      expect.stringContaining('config-invalid: backlot.yaml:4:15: names.groups.all: there is no service "m2" · Did you mean n2?'),
      expect.stringContaining('backlot.yaml:5:5: names.groups: "a b" is no host name'),
      expect.stringContaining('backlot.yaml:6:5: names.groups: the pattern stands for more than 10000 names'),
    ]);
    expect(await fails('version: 1\nnames: {groups: {all: []}}\n')).toEqual([expect.stringContaining('backlot.yaml:2:23: names.groups.all cannot be an empty list')]);
  });
});

describe('names that cannot be', () => {
  test.each([
    [`aliases: {db: ["${'x'.repeat(64)}"]}`, 'is longer than 63 characters between its dots'],
    [`aliases: {db: ["${Array.from({ length: 5 }, () => 'x'.repeat(60)).join('.')}"]}`, 'is longer than 253 characters'],
    ['aliases: {db: ["dö"]}', 'is no host name'],
    ['aliases: {db: ["x{1..100000}"]}', 'stands for more than 10000 names'],
    [`suffixes: ["${Array.from({ length: 4 }, () => 'x'.repeat(60)).join('.')}"], aliases: {db: ["${'y'.repeat(20)}"]}`, 'is longer than 253 characters'],
    ['suffixes: ["a b.example"]', 'is no host name'],
  ])('%s', async (names, expected) => {
    expect((await fails(`version: 1\nnames: {${names}}\n`)).join('\n')).toMatch(new RegExp(`^config-invalid: backlot\\.yaml:2:\\d+: .*${expected}`));
  });

  test('only with a suffix are two owners’ as well', async () => {
    expect(await fails('version: 1\nnames: {suffixes: [shop.example], aliases: {api: [db.shop.example]}}\n')).toEqual([expect.stringContaining('both api and db have the name db.shop.example')]);
  });

  test('in the Compose files are warned of', async () => {
    const { warnings } = await loadProject('version: 1\n', `services: {db: {image: x, networks: {default: {aliases: ["two words"]}}}, ${'s'.repeat(64)}: {image: x}}\n`);
    expect(warnings).toEqual([
      'db: "two words" is no host name: letters, digits and "-" only, "-" not at an end, so nobody can ask for it',
      `${'s'.repeat(40)}… is longer than 63 characters between its dots, so nobody can ask for it`,
    ]);
  });
});

describe('a suffix', () => {
  test.each([
    ['com', 'top-level domain'],
    ['internal', 'top-level domain'],
    ['co.uk', 'top-level domain'],
    ['local', 'multicast DNS'],
    ['shop.local', 'multicast DNS'],
    ['localhost', 'this machine itself'],
  ])('%s is warned of', async (suffix, expected) => {
    const { warnings } = await loadProject(`version: 1\nnames: {suffixes: [${suffix}]}\n`, CLUSTER);
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`/backlot\\.yaml:2:20: the suffix ${suffix} .*${expected}`))]);
  });

  test('of one’s own is not', async () => {
    expect((await loadProject('version: 1\nnames: {suffixes: [shop.example, shop.co.uk, eu.shop.internal]}\n', CLUSTER)).warnings).toEqual([]);
  });
});

describe('a set', () => {
  test.each([
    ['{services: []}', 'backlot.yaml:2:28: The set minimal names no service'],
    ['{services: all}', 'backlot.yaml:2:28: The set minimal names no service', 'services: {db: {image: x, profiles: [p]}}\n'],
    ['{replicas: {cache: 2}, ports: {cache: {6379: 7000}}}', 'backlot.yaml:2:36: cache has 2 containers in the set minimal, which cannot all have port 7000'],
    ['{replicas: {cache: 3}}', 'backlot.yaml:2:36: cache has 3 containers in the set minimal, which cannot all have port 6379', 'services: {cache: {image: redis, ports: ["6379:6379"]}}\n'],
    ['{standIns: {n1: ["n 2"]}}', 'backlot.yaml:2:34: sets.minimal.standIns.n1: "n 2" is no host name'],
  ])('%s cannot be', async (set, expected, compose = CLUSTER) => {
    expect((await fails(`version: 1\nsets: {minimal: ${set}}\n`, compose)).join('\n')).toContain(expected);
  });

  test('of replicas with ports that the engine picks, or with addresses of their own, can be', async () => {
    const compose = 'services: {cache: {image: redis, ports: ["6379"]}, web: {image: nginx, ports: ["80:80"]}}\n';
    const { sets } = await loadProject('version: 1\nsets: {minimal: {replicas: {cache: 3}}, whole: {addresses: own, replicas: {web: 2}}}\n', compose);
    expect(sets['whole']?.replicas).toEqual({ web: 2 });
  });

  test('may have stand-ins by pattern', async () => {
    const { sets } = await loadProject('version: 1\nsets: {minimal: {services: [n1], standIns: {n1: ["n{2..4}"]}}}\n', CLUSTER);
    expect(sets['minimal']?.standIns).toEqual({ n1: ['n2', 'n3', 'n4'] });
  });

  test('is warned where a stand-in speaks another protocol than what it stands in for', async () => {
    const { warnings } = await loadProject('version: 1\nsets: {minimal: {services: [api], standIns: {cache: [db], n1: [n2]}}}\n', CLUSTER.replace('image: node', 'image: node, depends_on: [db, n2]'));
    expect(warnings).toEqual([expect.stringMatching(/backlot\.yaml:2:46: cache \(redis\) stands in for db \(postgres\): clients of the one cannot speak to the other$/)]);
  });
});
