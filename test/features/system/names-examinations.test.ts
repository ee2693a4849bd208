import { describe, expect, test } from 'vitest';
import { judgeAddresses, judgeGuards } from '#features/system/names-examinations.ts';
import { LABELS, type ContainerSummary, type NetworkSummary } from '#ports/container-engine.ts';

const container = (state: ContainerSummary['state'], role?: string): ContainerSummary => ({
  id: `${role ?? 'db'}-${state}`,
  name: role ?? 'db',
  image: '',
  imageId: '',
  state,
  health: 'none',
  status: 'Exited (137) 2 minutes ago',
  labels: { [LABELS.project]: 'shop', [LABELS.directory]: '/shop', [LABELS.set]: 'minimal', ...(role && { [LABELS.role]: role }) },
  ports: [],
  networks: [],
});
const network: NetworkSummary = { id: 'abc', name: 'shop_default', labels: { [LABELS.subnet]: '10.213.0.0/26' }, subnets: ['10.213.0.0/26'], device: 'br-abc' };

describe('doctor', () => {
  test('says that a guard of a set that is up does not run, and how to put it right', () => {
    expect(judgeGuards([container('running'), container('running', 'names')])).toMatchObject({ status: 'ok' });
    expect(judgeGuards([container('running'), container('exited', 'names')])).toMatchObject({ status: 'fail', message: expect.stringContaining('The guard of shop minimal does not run (Exited (137)'), fix: expect.stringContaining('backlot up minimal --project /shop') });
    expect(judgeGuards([container('exited'), container('exited', 'names')])).toBeUndefined();
    expect(judgeGuards([container('running')])).toBeUndefined();
  });

  test('says that a route, such as that of a VPN, covers addresses of a set, and names its device', () => {
    expect(judgeAddresses([network], [{ destination: '10.213.0.0/26', device: 'br-abc' }, { destination: '192.168.0.0/16', device: 'tun0' }])).toMatchObject({ status: 'ok' });
    expect(judgeAddresses([network], [{ destination: '10.0.0.0/8', device: 'tun0' }])).toMatchObject({ status: 'warn', message: expect.stringContaining('10.0.0.0/8 of tun0 covers 10.213.0.0/26 of the network shop_default') });
    expect(judgeAddresses([{ ...network, labels: {} }], [])).toBeUndefined();
  });
});
