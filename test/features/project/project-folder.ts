import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCompose } from '#adapters/compose/compose.ts';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { BacklotError } from '#contract/errors.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import type { Project } from '#features/project/project.ts';

type Contents = Readonly<Record<string, string | Uint8Array>>;
type Variables = Readonly<Record<string, string | undefined>>;

/** A folder with files in it, gone when the test is over. */
export class ProjectFolder implements Disposable {
  readonly directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'backlot-project-')));

  constructor(contents: Contents) {
    for (const [name, content] of Object.entries(contents)) {
      const file = this.path(name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  path(name: string): string {
    return path.join(this.directory, name);
  }

  load(environment: Variables = { PATH: process.env['PATH'] }): Promise<Project> {
    return createLoadProject({ compose: realCompose(environment), files: createProjectFiles(), environment })(this.directory, AbortSignal.timeout(30_000));
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function realCompose(environment: Variables = {}) {
  return createCompose({ runner: createProcessRunner(process.env), commandLine: () => ({ arguments: [], environment: {} }), environment });
}

/** The project of these two files. */
export async function loadProject(backlot: string, compose: string, environment?: Variables): Promise<Project> {
  using folder = new ProjectFolder({ 'backlot.yaml': backlot, 'compose.yaml': compose });
  return await folder.load(environment);
}

/** How loading fails, as one line for each fault: file:line:column: message · fix. */
export async function faultsOf(contents: Contents, environment?: Variables): Promise<string[]> {
  using folder = new ProjectFolder(contents);
  const error = await folder.load(environment).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BacklotError)) throw error ?? new Error('The project loaded');
  return faultLines(error, folder.directory);
}

export function faultLines(error: BacklotError, directory: string): string[] {
  const inFolder = directory === '' ? '' : `${directory}/`;
  const lines = [error, ...(error.also ?? [])].map(({ message, where, fix }) => {
    const place = where ? `${where.file.replace(inFolder, '')}${where.line === undefined ? '' : `:${where.line}:${where.column}`}: ` : '';
    return `${place}${message}${fix ? ` · ${fix}` : ''}`.split(inFolder || '\0').join('');
  });
  return [`${error.code}: ${lines[0]}`, ...lines.slice(1)];
}
