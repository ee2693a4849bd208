import { describe, expect, test } from 'vitest';
import { cutBlock, linesInBlock, withBlock } from '#features/names/host-names-block.ts';
import { hostAddresses, resolverLines } from '#features/names/host-names-feed.ts';
import { chooseMechanism } from '#features/names/host-names-mechanism.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import type { PublishedSet } from '#ports/host-resolver.ts';

describe('the block in a hosts file', () => {
  test.each(['', 'a b\n', 'a b', '\n', 'a b\r\nc d\r\n', 'a b\r\nc d', '\n\n# backlot\n', '\u00e9\u00ff\n'])('goes again byte for byte from %j', (text) => {
    const once = withBlock(text, ['127.0.0.1 db.shop.example']);
    expect(linesInBlock(once)).toEqual(['127.0.0.1 db.shop.example']);
    expect(withBlock(once, [])).toBe(withBlock(text, []));
    expect(cutBlock(once)).toBe(text);
  });

  test('without its end, takes nothing of others with it', () => {
    const text = withBlock('first\n', ['127.0.0.1 db', '127.0.0.1 api']).replace('# backlot end\n', '') + '# mine\n10.0.0.1 nas\n';
    expect(cutBlock(text)).toBe('first\n# mine\n10.0.0.1 nas\n');
  });

  test('into which others wrote, leaves what is theirs', () => {
    const text = withBlock('first\n', ['127.0.0.1 db']).replace('# backlot end\n', '10.0.0.1 nas\n# backlot end\n');
    expect(cutBlock(text)).toContain('10.0.0.1 nas\n');
    expect(cutBlock(text)).not.toContain('127.0.0.1 db');
  });

  test('without one, nothing is cut', () => {
    expect(cutBlock('a # backlot begin\n')).toBe('a # backlot begin\n');
  });
});

describe('the way to send domains to our resolver', () => {
  const linux = (resolved?: { version: number; configurations: string[]; links?: string }) => ({ platform: 'linux', resolved: resolved && { links: 'Global: 10.0.0.1\nLink 2 (eth0): 10.0.0.1\nLink 3 (docker0):\n', ...resolved }, owner: { uid: 0, gid: 0 } });
  test.each([
    ['systemd-resolved', linux({ version: 252, configurations: ['[Resolve]\n#DNS=1.1.1.1\nFallbackDNS=9.9.9.9\n'] }), 5354, 'systemd-resolved'],
    ['systemd-resolved that knows no ports', linux({ version: 245, configurations: [] }), 5354, 'hosts-file'],
    ['systemd-resolved with global servers', linux({ version: 255, configurations: ['[Resolve]\n DNS = 10.0.0.2\n'] }), 5354, 'hosts-file'],
    ['systemd-resolved whose links have no servers', linux({ version: 252, configurations: [], links: 'Global: 10.0.0.1\nLink 2 (eth0):\n' }), 5354, 'hosts-file'],
    ['another resolver', linux(), 5354, 'hosts-file'],
    ['macOS', { ...linux(), platform: 'darwin' }, 5354, 'resolver-folder'],
    ['Windows', { ...linux(), platform: 'win32' }, 53, 'nrpt'],
    ['Windows with a port that it cannot ask at', { ...linux(), platform: 'win32' }, 5354, 'hosts-file'],
  ])('is found for %s', (_title, facts, port, mechanism) => {
    const choice = chooseMechanism(facts, port);
    expect(choice.mechanism).toBe(mechanism);
    expect(choice.note !== undefined).toBe(mechanism === 'hosts-file');
  });
});

const full: PublishedSet = {
  project: 'shop', directory: '/shop', set: 'production-like', addresses: 'own', suffixes: ['shop.example'], guard: 'block', allow: ['*.cdn.shop.example'], engine: 'unix:///var/run/docker.sock', at: '2026-01-02T00:00:00.000Z',
  names: { db: ['db'], 'db.shop.example': ['db'], 'any.shop.example': ['db', 'api'], api: ['api'] },
};
const minimal: PublishedSet = { ...full, set: 'minimal', addresses: 'localhost', at: '2026-01-01T00:00:00.000Z', names: { db: ['db'], 'db.shop.example': ['db'], only: ['db'] } };

function container(set: string, service: string, address: string, { role, ...more }: Partial<ContainerSummary> & { readonly role?: string } = {}): ContainerSummary {
  return {
    id: `${set}-${service}`, name: service, image: '', imageId: '', state: 'running', health: 'none', status: '', ports: [],
    labels: { [LABELS.directory]: '/shop', [LABELS.set]: set, [LABELS.service]: service, ...(role && { [LABELS.role]: role }) }, networks: [{ name: 'n', address }], ...more,
  };
}

describe('what the resolver of this machine is told', () => {
  const published = { ports: [{ container: 5432, host: 5432, address: '0.0.0.0', protocol: 'tcp' as const }] };
  const containers = [container('production-like', 'db', '10.1.0.2'), container('production-like', 'api', '10.1.0.3'), container('minimal', 'db', '10.2.0.2', published)];
  const feed = { sets: [minimal, full], containers, reachesContainers: true, projects: [] };

  test('where two sets of a project are up, the one that was brought up last answers', () => {
    const lines = hostAddresses(feed).map(({ address, name }) => `${name} ${address}`);
    expect(lines.filter((line) => line.startsWith('db'))).toEqual(['db 10.1.0.2', 'db.shop.example 10.1.0.2']);
    expect(lines).toContain('only 127.0.0.1');
  });

  test('a name of several services has all their addresses', () => {
    expect(hostAddresses(feed).filter(({ name }) => name === 'any.shop.example').map(({ address }) => address)).toEqual(['10.1.0.2', '10.1.0.3']);
  });

  test('where container addresses cannot be reached, what is published counts, and the rest has no address', () => {
    expect(hostAddresses({ ...feed, sets: [full], reachesContainers: false })).toEqual([]);
    expect(hostAddresses({ ...feed, sets: [minimal], reachesContainers: false }).map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });

  test('a swapped service is where its forwarder is; other helpers of the set have no names', () => {
    const stopped = container('production-like', 'db', '', { state: 'exited' });
    const forwarder = container('production-like', 'db', '10.1.0.9', { role: 'swap' });
    const helper = container('production-like', 'db', '10.1.0.4', { role: 'names' });
    expect(hostAddresses({ ...feed, sets: [full], containers: [stopped, forwarder, helper] }).find(({ name }) => name === 'db')?.address).toBe('10.1.0.9');
  });

  test('other names under a suffix exist nowhere, unless they are allowed or no project guards them', () => {
    const lines = resolverLines(feed);
    expect(lines).toContain('server=/shop.example/');
    expect(lines).toContain('server=/*.cdn.shop.example/UPSTREAM');
    expect(resolverLines({ ...feed, sets: [{ ...full, guard: 'report' }] })).toContain('server=/shop.example/UPSTREAM');
    expect(resolverLines({ ...feed, sets: [{ ...full, guard: 'off' }, minimal] })).toContain('server=/shop.example/');
  });
});
