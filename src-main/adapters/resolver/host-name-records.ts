import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isCode, readJson, writeAtomically, writeFailure } from '#adapters/state/files.ts';
import { GuardMode, HostNames } from '#contract/names.ts';
import type { HostNameRecords, PublishedSet } from '#ports/host-resolver.ts';

const Bytes = z.codec(z.base64(), z.instanceof(Uint8Array), { decode: (text) => new Uint8Array(Buffer.from(text, 'base64')), encode: (bytes) => Buffer.from(bytes).toString('base64') });
const Found = z.object({ content: Bytes, mode: z.number().int(), uid: z.number().int(), gid: z.number().int() });
const Declared = z.object({ directory: z.string(), suffixes: z.array(z.string()), guard: GuardMode, allow: z.array(z.string()) });

const Installation = z.object({
  mechanism: HostNames.shape.mechanism,
  projects: z.array(Declared),
  originals: z.array(z.object({ path: z.string(), found: Found.nullable() })),
  written: z.array(z.object({ path: z.string(), content: Bytes })),
  folders: z.array(z.string()),
  pending: z.boolean(),
});

const Published = Declared.extend({
  project: z.string(),
  set: z.string(),
  addresses: z.enum(['localhost', 'own']),
  names: z.record(z.string(), z.array(z.string())),
  engine: z.string(),
  at: z.string(),
});

const Told = z.object({ container: z.string(), lines: z.array(z.string()) });

/** Records of names on this machine, in files below this user's state folder. */
export function createHostNameRecords(folder: string): HostNameRecords {
  const installation = path.join(folder, 'installation.json');
  const told = path.join(folder, 'told.json');
  const sets = path.join(folder, 'sets');
  const setFile = (set: Pick<PublishedSet, 'directory' | 'set'>) => path.join(sets, `${createHash('sha256').update(`${set.directory}\0${set.set}`).digest('hex').slice(0, 20)}.json`);
  return {
    async readInstallation() {
      const read = await readJson(installation, Installation);
      return read && { ...read, originals: read.originals.map(({ path: file, found }) => ({ path: file, found: found ?? undefined })) };
    },
    writeInstallation(value) {
      const originals = value.originals.map(({ path: file, found }) => ({ path: file, found: found ?? null }));
      return writeAtomically(installation, JSON.stringify(z.encode(Installation, structuredClone({ ...value, originals }) as z.output<typeof Installation>), null, 2));
    },
    removeInstallation: () => remove(installation),
    async listSets() {
      const names = await readdir(sets).catch((error: unknown) => {
        if (isCode(error, 'ENOENT')) return [];
        throw writeFailure(sets, error);
      });
      const read = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => readJson(path.join(sets, name), Published)));
      return read.filter((set) => set !== undefined);
    },
    writeSet: (set) => writeAtomically(setFile(set), JSON.stringify(set)),
    removeSet: (set) => remove(setFile(set)),
    readPublished: () => readJson(told, Told),
    writePublished: (published) => (published ? writeAtomically(told, JSON.stringify(published)) : remove(told)),
  };
}

async function remove(file: string): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) => {
    throw writeFailure(file, error);
  });
}
