import { describe, expect, test } from 'vitest';
import type { Project } from '#features/project/project.ts';
import { addressRanges } from '#features/names/choose-subnet.ts';
import { decideGuard, planGuard } from '#features/stack/guard.ts';
import { decideNetworks } from '#features/stack/decide-networks.ts';
import { environmentOf } from '#features/stack/environment.ts';
import { generateModel, specsOf } from '#features/stack/generate-model.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import { projectOf } from './project-fixture.ts';

const service = { image: 'redis:7', networks: { default: null } };
const RECIPE = '/app/resources/images/names';

function guardOf(project: Project) {
  const environment = environmentOf(project, undefined);
  const plan = decideNetworks(environment, { networks: [], routes: [], ranges: addressRanges('10.9.0.0/26'), refused: [] });
  return { environment, plan, guard: decideGuard(environment, plan, RECIPE) };
}

function containers(project: Project, change: Partial<ContainerSummary> = {}): ContainerSummary[] {
  return guardOf(project).guard.parts.map(({ name, role, hash }) => ({
    id: name, name, image: 'backlot/names:1', imageId: 'one', state: 'running', health: 'none', status: '', labels: { [LABELS.role]: role, [LABELS.spec]: hash }, ports: [], networks: [], ...change,
  }));
}

describe('the guard of a set', () => {
  test('is two confined containers in the model, and the resolver of every service', () => {
    const project = projectOf({ api: service, db: service });
    const { environment, plan, guard } = guardOf(project);
    const model = JSON.parse(generateModel(environment, { specs: specsOf(environment, guard.resolvers), ports: [], networks: plan.networks, guard: guard.parts }));
    expect(Object.keys(model.services)).toEqual(['api', 'db', 'backlot-names', 'backlot-watch']);
    expect(model.services['backlot-names']).toMatchObject({ networks: { default: { ipv4_address: '10.9.0.61' } }, read_only: true, cap_drop: ['ALL'], user: '65534:65534', build: { context: RECIPE }, labels: { [LABELS.role]: 'names', [LABELS.directory]: '/shop' } });
    expect(model.services['backlot-watch']).toMatchObject({ network_mode: 'host', cap_add: ['NET_RAW', 'SETUID', 'SETGID'] });
    expect(model.services['backlot-watch'].command.at(-1)).toBe('dst port 53 and (udp or tcp[13] & 8 != 0) and (src net 10.9.0.0/26) and not (src host 10.9.0.61)');
    for (const name of ['api', 'db']) expect(model.services[name].dns).toEqual(['10.9.0.61']);
    expect(model.networks.default).toMatchObject({ ipam: { config: [{ subnet: '10.9.0.0/26' }] }, labels: { [LABELS.subnet]: '10.9.0.0/26' } });
  });

  test('is nothing where it is off, though the network has addresses of ours', () => {
    const { guard, plan } = guardOf({ ...projectOf({ api: service }), guard: 'off' });
    expect(guard).toEqual({ parts: [], resolvers: {}, warnings: [] });
    expect(plan.networks).toMatchObject([{ subnet: '10.9.0.0/26' }]);
  });

  test('leaves services alone that share another’s network or have none, and warns of those that it does not reach', () => {
    const { guard } = guardOf(projectOf({ api: service, side: { image: 'x', network_mode: 'service:api' }, alone: { image: 'x', network_mode: 'none' }, host: { image: 'x', network_mode: 'host' }, old: { image: 'x', network_mode: 'bridge' }, far: { image: 'x', networks: { elsewhere: null } } }));
    expect(guard.resolvers).toEqual({ api: '10.9.0.61' });
    expect(guard.warnings).toEqual([expect.stringMatching(/^host has/), expect.stringMatching(/^old is on/), expect.stringMatching(/^far is on no network/)]);
  });

  test('has names that no service can have', () => {
    expect(() => guardOf(projectOf({ 'backlot-names': service }))).toThrow(/cannot be called backlot-names/);
  });
});

describe('what up does to the guard', () => {
  const project = projectOf({ api: service });
  const actions = (found: readonly ContainerSummary[], change: Partial<Project> = {}, image: string | undefined = 'one') => planGuard(guardOf({ ...project, ...change }).guard, found, image).map(({ role, action }) => `${role} ${action}`);

  test('is nothing where it is there and the same', () => {
    expect(actions(containers(project))).toEqual(['names keep', 'watch keep']);
  });

  test('is to make, start or renew it, and to remove it where it is off', () => {
    expect(actions([])).toEqual(['names create', 'watch create']);
    expect(actions(containers(project, { state: 'exited' }))).toEqual(['names start', 'watch start']);
    expect(actions(containers(project), { allow: ['one.east.shop.example'] })).toEqual(['names recreate', 'watch keep']);
    expect(actions(containers(project), {}, 'another')).toEqual(['names recreate', 'watch recreate']);
    expect(actions(containers(project), { guard: 'off' })).toEqual(['names remove', 'watch remove']);
  });
});
