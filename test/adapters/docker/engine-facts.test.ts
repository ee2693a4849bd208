import { expect, test } from 'vitest';
import { describeEngine } from '#adapters/docker/engine-facts.ts';

test('an engine says what its files lie on, where it knows', () => {
  const told = (status: unknown) => describeEngine({ ServerVersion: '28.2.2', DriverStatus: status }, '1.50').fileSystem;
  expect(told([['Backing Filesystem', 'extfs'], ['Supports d_type', 'true']])).toBe('extfs');
  // Engines with an image store of containerd's.
  expect(told([['driver-type', 'io.containerd.snapshotter.v1']])).toBeUndefined();
  expect(told(null)).toBeUndefined();
});
