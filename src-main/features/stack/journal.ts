import type { Work } from '#core/work.ts';
import type { Project, ProjectSet } from '#features/project/project.ts';
import type { EnvironmentRecord, StateStore } from '#ports/state-store.ts';

/** The environment's record while one piece of work changes it. */
export type Journal = {
  readonly record: EnvironmentRecord;
  /** Notes that the work now changes things: should it die, the next one knows. */
  begin(): Promise<void>;
  /** Leaves that note: what the work changed could not be taken back, and is somebody else's to find. */
  leave(): void;
  /** Merges what became known into the record and stores it. */
  update(changes: Partial<Pick<EnvironmentRecord, 'services' | 'ports' | 'ready' | 'probed' | 'standIns'>>): Promise<void>;
};

/** What an environment is known by. */
type Known = { readonly project: Pick<Project, 'name' | 'directory'>; readonly set: Pick<ProjectSet, 'name' | 'composeProject'> };

/**
 * Runs work on one environment alone: others wait until it ends. What it began is noted before and cleared after, in every outcome
 * in which this process lives to do so, and does not leave it.
 */
export async function journal<Result>(
  { project, set }: Known,
  method: string,
  task: { readonly store: StateStore } & Work,
  body: (journal: Journal) => Promise<Result>,
): Promise<Result> {
  const { store, signal } = task;
  const key = { composeProject: set.composeProject, directory: project.directory, method };
  const onWait = (owner: { pid: number; shell: string; method: string }) =>
    task.tell({ type: 'message', level: 'info', text: `waits for ${owner.method} of ${owner.shell} (process ${owner.pid}) on the same set` });
  const run = async () => {
    let record: EnvironmentRecord = (await store.readEnvironment(set.composeProject, project.directory)) ?? {
      project: project.name,
      directory: project.directory,
      set: set.name,
      composeProject: set.composeProject,
      services: {},
      ports: {},
      ready: {},
    };
    let began = false;
    let left = false;
    let writing = Promise.resolve();
    const write = (): Promise<void> => (writing = writing.then(() => store.writeEnvironment(record)));
    const entry: Journal = {
      get record() {
        return record;
      },
      async begin() {
        began = true;
        record = { ...record, unfinished: { operation: task.id, method, began: new Date().toISOString() } };
        await write();
      },
      leave() {
        left = true;
      },
      async update(changes) {
        record = { ...record, ...changes };
        await write();
      },
    };
    try {
      return await body(entry);
    } finally {
      if ((began || record.unfinished) && !left) {
        const { unfinished: _ended, ...rest } = record;
        record = rest;
        await write();
      }
    }
  };
  return store.withLock(key, onWait, run, signal);
}
