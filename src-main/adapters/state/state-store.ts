import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PortMapping } from '#contract/project.ts';
import type { LockOwner, Remembered, StateStore } from '#ports/state-store.ts';
import { isCode, readJson, writeAtomically, writeFailure } from './files.ts';
import { acquireLock, holderOf, type LockFile } from './lock.ts';
import type { Paths } from './paths.ts';
import { ownIdentity } from './process-identity.ts';

/** Projects that are remembered. */
const MOST_PROJECTS = 100;

const Environment = z.object({
  project: z.string(),
  directory: z.string(),
  set: z.string(),
  composeProject: z.string(),
  services: z.record(z.string(), z.string()),
  ports: z.record(z.string(), z.array(PortMapping.extend({ range: z.string().exactOptional() }))),
  ready: z.record(z.string(), z.enum(['ready', 'settled', 'done'])),
  probed: z.record(z.string(), z.string()).exactOptional(),
  standIns: z.record(z.string(), z.array(z.string())).exactOptional(),
  unfinished: z.object({ operation: z.string(), method: z.string(), began: z.string() }).exactOptional(),
});

const Remapped = z.record(z.string(), z.record(z.string(), z.object({ asked: z.number().int(), given: z.number().int() })));
const Memory = z.record(z.string(), z.number());

const Projects = z.object({ projects: z.array(z.object({ directory: z.string(), name: z.string() })) });
type Projects = z.infer<typeof Projects>['projects'];

/** The state store of this user, in files. `shell` is what lock owners are shown as. */
export function createStateStore(options: { readonly paths: Paths; readonly shell: string }): StateStore {
  const folder = (name: string) => path.join(options.paths.state, name);
  const recordFile = (key: string) => path.join(folder('environments'), `${key}.json`);
  // One file for each part: who writes one does not write back an old other.
  const rememberedFile = (part: keyof Remembered, key: string) => path.join(folder('remembered'), `${key}.${part}.json`);
  const modelFile = (key: string) => path.join(folder('models'), `${key}.yaml`);
  const projectsFile = folder('projects.json');

  async function acquire(key: string, method: string, onWait: (owner: LockOwner) => void, signal: AbortSignal): Promise<() => Promise<void>> {
    const owner: LockFile = { process: await ownIdentity(), shell: options.shell, method, since: new Date().toISOString() };
    return acquireLock(path.join(folder('locks'), key), owner, (holder) => onWait(ownerOf(holder)), signal);
  }

  async function changeProjects(change: (projects: Projects) => Projects): Promise<void> {
    const release = await acquire('projects', 'project.open', () => {}, new AbortController().signal);
    try {
      const projects = change((await readJson(projectsFile, Projects))?.projects ?? []);
      await writeAtomically(projectsFile, JSON.stringify({ projects }, null, 2));
    } finally {
      await release();
    }
  }

  return {
    readEnvironment: (composeProject, directory) => readJson(recordFile(keyOf(composeProject, directory)), Environment),
    writeEnvironment: (record) => writeAtomically(recordFile(keyOf(record.composeProject, record.directory)), JSON.stringify(record, null, 2)),
    async removeEnvironment(composeProject, directory) {
      const key = keyOf(composeProject, directory);
      await remove(recordFile(key));
      await remove(modelFile(key));
    },
    async listEnvironments() {
      const names = (await namesIn(folder('environments'))).filter((name) => name.endsWith('.json'));
      const records = await Promise.all(names.map((name) => readJson(path.join(folder('environments'), name), Environment)));
      return records.filter((record) => record !== undefined);
    },
    async readRemembered(composeProject, directory) {
      const key = keyOf(composeProject, directory);
      const [remapped, memory] = await Promise.all([readJson(rememberedFile('remapped', key), Remapped), readJson(rememberedFile('memory', key), Memory)]);
      return { remapped: remapped ?? {}, memory: memory ?? {} };
    },
    async remember(composeProject, directory, { remapped, memory }) {
      const key = keyOf(composeProject, directory);
      if (remapped) await writeAtomically(rememberedFile('remapped', key), JSON.stringify(remapped, null, 2));
      if (memory) await writeAtomically(rememberedFile('memory', key), JSON.stringify(memory, null, 2));
    },
    knowsEnvironment: async (composeProject, directory) => (await namesIn(path.join(folder('locks'), keyOf(composeProject, directory)))).length > 0,
    async writeModel(composeProject, directory, text) {
      const file = modelFile(keyOf(composeProject, directory));
      await writeAtomically(file, text);
      return file;
    },
    async withLock({ composeProject, directory, method }, onWait, work, signal) {
      const release = await acquire(keyOf(composeProject, directory), method, onWait, signal);
      try {
        return await work();
      } finally {
        await release();
      }
    },
    async lockOwner({ composeProject, directory }) {
      const holder = await holderOf(path.join(folder('locks'), keyOf(composeProject, directory)));
      return holder && ownerOf(holder);
    },
    async rememberProject({ directory, name }) {
      const [latest] = (await readJson(projectsFile, Projects))?.projects ?? [];
      if (latest?.directory === directory && latest.name === name) return;
      await changeProjects((projects) => [{ directory, name }, ...projects.filter((other) => other.directory !== directory)].slice(0, MOST_PROJECTS));
    },
    forgetProject: (directory) => changeProjects((projects) => projects.filter((other) => other.directory !== directory)),
    listProjects: async () => (await readJson(projectsFile, Projects))?.projects ?? [],
  };
}

/** A file name for one environment: readable, and unlike that of the same Compose project in another folder. */
function keyOf(composeProject: string, directory: string): string {
  const hash = createHash('sha256').update(`${composeProject}\0${directory}`).digest('hex').slice(0, 12);
  return `${composeProject.replaceAll(/[^a-z0-9_-]/g, '-').slice(0, 60)}-${hash}`;
}

function ownerOf({ process: { pid }, shell, method, since }: LockFile): LockOwner {
  return { pid, shell, method, since };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw writeFailure(folder, error);
  }
}

async function remove(file: string): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) => {
    throw writeFailure(file, error);
  });
}
