import type { EngineState } from './engine.ts';

/** Less than this is copied before anybody notices. */
const NOTICED = 256_000_000;

/**
 * Bytes of data that was laid over what is stored, where the engine copies each of its files when it is first opened: servers open for writing what they
 * only read, and a file system that cannot share blocks copies a file for that (https://docs.kernel.org/filesystems/overlayfs.html, "Non-directories").
 * Nothing where that takes no time, or the engine does not say what it lies on.
 */
export function copiedWhenOpened(tier: string, bytes: number, engine: EngineState['engine']): number | undefined {
  return tier === 'overlay' && engine?.fileSystem === 'extfs' && bytes >= NOTICED ? bytes : undefined;
}
