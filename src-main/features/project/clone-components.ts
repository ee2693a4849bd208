import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import type { ProcessRunner, RunResult } from '#ports/process-runner.ts';
import { findParts, refuseMissing, withoutPassword, type MissingComponent } from './find-parts.ts';
import { openProject, readSource, type LoadPorts } from './load-project.ts';
import { checkProjectFile } from './read-project-file.ts';

type CloningPorts = Omit<LoadPorts, 'compose'> & { readonly processes: ProcessRunner };

/** Nothing of the repository, nor of the user's set-up, runs while git clones; and git asks nobody for a password. */
const SAFELY = ['-c', 'protocol.ext.allow=never', '-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false'];
const SILENCE = 120_000;

/** The components of a project, and theirs, whose folders are not there. */
export async function missingComponents(given: string, ports: Omit<LoadPorts, 'compose'>): Promise<readonly MissingComponent[]> {
  const { source, directory } = await openProject(given, ports);
  checkProjectFile(source);
  const root = { component: undefined, directory, source, composeFiles: [] };
  const { missing } = await findParts(root, { files: ports.files, readSource: (bytes, file, folder) => readSource(bytes, file, folder, ports) });
  return missing;
}

/** Clones what is missing now. What that needs in turn is missing after it: nobody has agreed to its URLs yet. */
export async function cloneComponents({ directory }: { readonly directory: string }, ports: CloningPorts, work: Work): Promise<{ cloned: { name: string; directory: string }[] }> {
  const missing = await missingComponents(directory, ports);
  refuseMissing(missing.filter(({ git }) => git === undefined));
  const cloned: { name: string; directory: string }[] = [];
  for (const component of missing) {
    await clone(component, ports.processes, work);
    cloned.push({ name: component.name, directory: component.path });
  }
  return { cloned };
}

async function clone({ name, git = '', ref, path, from, where }: MissingComponent, processes: ProcessRunner, work: Work): Promise<void> {
  work.tell({ type: 'message', level: 'info', text: `cloning ${name} from ${withoutPassword(git)} to ${path}` });
  const branch = ref === undefined ? [] : ['--branch', ref];
  // Only output tells that it still works, and without a terminal it prints some only when told to.
  const options = { directory: from, inactivity: SILENCE, endsWithUs: true, environment: { GIT_TERMINAL_PROMPT: '0' } };
  const result = await processes.run('git', [...SAFELY, 'clone', '--progress', ...branch, '--', git, path], options, work.signal);
  if (result.exitCode !== 0) throw notCloned(name, git, result, where);
}

function notCloned(name: string, git: string, { stderr }: RunResult, where: MissingComponent['where']): BacklotError {
  const lines = stderr.replaceAll(git, withoutPassword(git)).split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const reason = lines.findLast((line) => /^(fatal|error|remote):/.test(line)) ?? lines.at(-1) ?? '';
  return new BacklotError('command-failed', `${name} was not cloned${reason ? `: ${reason.trim()}` : ''}`, {
    where,
    cause: lines.slice(-8).join('\n'),
    fix: `See whether git can reach it by itself: git ls-remote ${withoutPassword(git)}`,
  });
}
