import { describe, expect, test } from 'vitest';
import { findLeftovers, wholeName } from '#features/stack/leftovers.ts';
import { LABELS, type ContainerState, type ContainerSummary } from '#ports/container-engine.ts';

const container = (name: string, { state = 'running', number = '1', replaces }: { state?: ContainerState; number?: string; replaces?: string } = {}): ContainerSummary => ({
  id: name,
  name,
  image: 'redis:7',
  imageId: 'sha256:1',
  state,
  health: 'none',
  status: '',
  labels: { [LABELS.service]: 'db', 'com.docker.compose.container-number': number, ...(replaces !== undefined && { 'com.docker.compose.replace': replaces }) },
  ports: [],
  networks: [],
});

const names = (containers: readonly ContainerSummary[]) => containers.map(({ name }) => name);
const judge = (...containers: ContainerSummary[]) => {
  const { remove, rename } = findLeftovers(containers);
  return { remove: names(remove), rename: names(rename) };
};

describe('leftovers of a recreate', () => {
  const half = container('0123456789ab_shop-db-1', { replaces: 'old' });

  test('are nothing where every container has its name, also one that once replaced another', () => {
    expect(judge(container('shop-db-1', { replaces: 'old' }), container('shop-db-2', { number: '2' }))).toEqual({ remove: [], rename: [] });
  });

  test('are removed while the old container is there, and get its name when it is gone', () => {
    expect(judge(container('shop-db-1'), half)).toEqual({ remove: [half.name], rename: [] });
    expect(judge(container('shop-db-2', { number: '2' }), half)).toEqual({ remove: [], rename: [half.name] });
    expect(wholeName(half.name)).toBe('shop-db-1');
  });

  test('are kept once where several killed recreates left one each', () => {
    expect(judge(half, container('ba9876543210_shop-db-1', { replaces: 'older' }))).toEqual({ remove: ['ba9876543210_shop-db-1'], rename: [half.name] });
  });

  test('leave alone what only looks like one', () => {
    expect(judge(container('0123456789ab_shop-db-1'))).toEqual({ remove: [], rename: [] });
  });

  test('are containers too that the engine removes, or could not', () => {
    expect(judge(container('shop-db-1', { state: 'removing' }), container('shop-db-2', { state: 'dead' }), half)).toEqual({ remove: ['shop-db-1', 'shop-db-2'], rename: [half.name] });
  });
});
