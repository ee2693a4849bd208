import { describe, expect, test } from 'vitest';
import { copiedWhenOpened } from '#contract/copied-files.ts';
import { createScreen } from '../../../src-main/shells/cli/screen.ts';
import { show } from '../../../src-main/shells/cli/views/fixture-loaded.ts';

const engine = { version: '28.2.2', apiVersion: '1.50', os: 'linux', architecture: 'x86_64', cpus: 2, memory: 24_000_000_000, name: 'one', fileSystem: 'extfs' };
const digest = `sha256:${'a'.repeat(64)}`;
const loaded = { set: 'minimal', services: ['db'], digest, data: [{ service: 'db', fixture: { name: 'shop', digest } }], tier: 'overlay', seconds: 0.6 };
const about: Parameters<typeof show>[2] = { given: { options: new Map() } } as never;

describe('what a load put in place', () => {
  test('says that files are copied later, where they are', () => {
    expect(show({ ...loaded, copied: 1_284_000_000 }, createScreen({}, {}), about)).toContain('each file of these 1.3 GB is copied when it is first opened: the first query of a large table takes longer\n');
    expect(show(loaded, createScreen({}, {}), about)).not.toContain('copied');
  });

  test('is copied later only where it lies over what is stored, on a file system that cannot share blocks, and is much', () => {
    expect(copiedWhenOpened('overlay', 1_284_000_000, engine)).toBe(1_284_000_000);
    expect(copiedWhenOpened('overlay', 50_000_000, engine)).toBeUndefined();
    expect(copiedWhenOpened('copy', 1_284_000_000, engine)).toBeUndefined();
    expect(copiedWhenOpened('overlay', 1_284_000_000, { ...engine, fileSystem: 'xfs' })).toBeUndefined();
    expect(copiedWhenOpened('overlay', 1_284_000_000, undefined)).toBeUndefined();
  });
});
