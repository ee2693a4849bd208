import { describe, expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { addressRanges } from '#features/names/choose-subnet.ts';
import type { Project } from '#features/project/project.ts';
import { decideNetworks, type NetworkFacts } from '#features/stack/decide-networks.ts';
import { environmentOf } from '#features/stack/environment.ts';
import { LABELS, type NetworkSummary } from '#ports/container-engine.ts';
import { projectOf } from './project-fixture.ts';

const service = { image: 'redis:7', networks: { default: null } };
const shop = (change: Partial<Project> = {}): Project => ({ ...projectOf({ api: service, db: service }), ...change });
const facts: NetworkFacts = { networks: [], routes: [], ranges: addressRanges('10.213.0.0/24'), refused: [] };
const decide = (project: Project, more: Partial<NetworkFacts> = {}) => decideNetworks(environmentOf(project, undefined), { ...facts, ...more });
const own = { [LABELS.directory]: '/shop', [LABELS.set]: 'minimal' };
const existing = (subnet: string, labels: Readonly<Record<string, string>> = { ...own, [LABELS.subnet]: subnet }): NetworkSummary => ({ id: 'abc', name: 'shop_default', labels, subnets: [subnet], device: 'br-abc' });
const withNetwork = (definition: object) => shop({ model: { ...shop().model, networks: { default: definition } } });

describe('the addresses of a set’s networks', () => {
  test('are chosen, with a place for the guard near their end', () => {
    const { networks, remake } = decide(shop());
    expect(networks).toMatchObject([{ key: 'default', subnet: expect.stringMatching(/^10\.213\.0\.\d+\/26$/), internal: false }]);
    expect(networks[0]?.guard).toMatch(/^10\.213\.0\.(61|125|189|253)$/);
    expect(remake).toEqual([]);
  });

  test('stay what they are where Backlot chose them before', () => {
    expect(decide(shop(), { networks: [existing('10.213.0.128/26')] })).toMatchObject({ networks: [{ subnet: '10.213.0.128/26', guard: '10.213.0.189' }], remake: [] });
  });

  test('are left to the engine where it chose them, unless the guard needs a fixed place', () => {
    const network = existing('172.20.0.0/16', own);
    expect(decide(shop({ guard: 'off' }), { networks: [network] })).toEqual({ networks: [{ key: 'default', internal: false }], remake: [], warnings: [] });
    expect(decide(shop(), { networks: [network] }).remake).toMatchObject([{ id: 'abc', key: 'default', why: expect.stringContaining("engine's choice") }]);
  });

  test('change where another range is set, or where they have become too few', () => {
    expect(decide(shop(), { networks: [existing('10.99.0.0/26')] }).remake).toMatchObject([{ why: expect.stringContaining('outside of the range') }]);
    const many = { ...shop(), sets: { minimal: { ...environmentOf(shop(), undefined).set, replicas: { api: 90 } } } };
    expect(decide(many, { networks: [existing('10.213.0.0/26')], ranges: addressRanges('10.213.0.0/16') }).remake).toMatchObject([{ why: expect.stringContaining('64 addresses, which are too few') }]);
  });

  test('are those of the Compose file where it has some, and the guard takes none that somebody has', () => {
    const project = withNetwork({ name: 'shop_default', ipam: { config: [{ subnet: '10.7.0.0/29', gateway: '10.7.0.5' }] } });
    expect(decide(project).networks).toEqual([{ key: 'default', internal: false, addresses: '10.7.0.0/29', guard: '10.7.0.4' }]);
  });

  test('are not chosen for networks that others make, or that are no bridges', () => {
    for (const definition of [{ name: 'x', external: true }, { name: 'x', driver: 'macvlan' }, { name: 'x', ipam: { config: [{ subnet: 'fd00::/64' }] } }]) expect(decide(withNetwork(definition)).networks).toEqual([]);
  });

  test('avoid routes of the machine, but not those of the engine’s own interfaces', () => {
    const taken = ['10.213.0.0/25', '10.213.0.128/26'].map((destination) => ({ destination, device: 'tun0' }));
    expect(decide(shop(), { routes: taken }).networks).toMatchObject([{ subnet: '10.213.0.192/26' }]);
    expect(decide(shop(), { networks: [existing('10.213.0.0/26')], routes: [{ destination: '10.213.0.0/26', device: 'br-abc' }] }).warnings).toEqual([]);
  });

  test('a route that comes later and covers them is warned about, with its device', () => {
    const { warnings } = decide(shop(), { networks: [existing('10.213.0.0/26')], routes: [{ destination: '10.0.0.0/8', device: 'tun0' }] });
    expect(warnings).toMatchObject([expect.stringMatching(/route 10\.0\.0\.0\/8 of tun0 covers 10\.213\.0\.0\/26/)]);
  });

  test('that are not to be had, and a network that somebody else made, fail with what to do', () => {
    const full = ['10.213.0.0/25', '10.213.0.128/25'].map((destination) => ({ destination, device: 'tun0' }));
    expect(() => decide(shop(), { routes: full })).toThrow(BacklotError);
    expect(() => decide(shop(), { networks: [existing('172.20.0.0/16', {})] })).toThrow(/Backlot did not make it/);
  });
});
