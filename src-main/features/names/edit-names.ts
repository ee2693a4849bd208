import { BacklotError } from '#contract/errors.ts';
import { decodeSource } from '#core/yaml/decode-source.ts';
import { assertServices } from '#features/stack/environment.ts';
import { createLoadProject, type LoadPorts } from '#features/project/load-project.ts';
import { assertName, expandPattern, NameFault } from '#features/project/names.ts';
import type { LoadProject, Project } from '#features/project/project.ts';
import type { ProjectFiles } from '#ports/project-files.ts';
import { addToList, type Added } from './add-to-yaml.ts';
import { guardRules, isAllowed, plainName, suffixOf } from './guard-rules.ts';

export type EditPorts = {
  readonly files: ProjectFiles;
  readonly loadProject: LoadProject;
  /** Loads the project as it would be with another text in its `backlot.yaml`. */
  readonly loadDraft: (directory: string, file: string, text: string, signal: AbortSignal) => Promise<Project>;
};

/** Loads projects with a text in the place of a file's own. */
export function createLoadDraft({ files, ...others }: LoadPorts): EditPorts['loadDraft'] {
  return (directory, file, text, signal) => {
    const read: ProjectFiles['read'] = async (name, code) => (name === file ? new TextEncoder().encode(text) : files.read(name, code));
    return createLoadProject({ ...others, files: { ...files, read } })(directory, signal);
  };
}

type Place = { readonly file: string; readonly line: number };

/** Writes a name into `backlot.yaml` as an alias of a service. Where the file would have a fault then, it stays as it is. */
export async function addAlias({ directory, name, service }: { readonly directory: string; readonly name: string; readonly service: string }, ports: EditPorts, signal: AbortSignal): Promise<Place> {
  const project = await ports.loadProject(directory, signal);
  assertServices([service], Object.keys(project.services), 'the project');
  const asked = checked(name, expandPattern);
  const suffix = suffixOf(asked, project.suffixes.map(plainName));
  if (suffix === asked) throw new BacklotError('input-invalid', `${name} is a suffix itself, which no service can have as a name`, { fix: `Give the name in front of it, such as ${service}.${suffix}` });
  const short = suffix === undefined ? asked : asked.slice(0, -suffix.length - 1);
  const owner = Object.values(project.services).find(({ names }) => names.some((own) => plainName(own) === short));
  if (owner?.name === service) throw new BacklotError('input-invalid', `${service} has the name ${short} already`, { fix: 'Bring the set up again, where it does not answer to it yet: backlot up' });
  return edit(project, (text) => addToList(text, ['names', 'aliases', service], short), ports, signal);
}

/** Writes a name, or everything below one (`*.`), into `backlot.yaml` as what the guard lets pass. */
export async function addAllowed({ directory, name }: { readonly directory: string; readonly name: string }, ports: EditPorts, signal: AbortSignal): Promise<Place> {
  const project = await ports.loadProject(directory, signal);
  const wide = name.startsWith('*.');
  const asked = checked(wide ? name.slice(2) : name, (text) => assertName(text));
  const entry = wide ? `*.${asked}` : asked;
  const rules = guardRules(project);
  if (suffixOf(asked, rules.suffixes) === undefined) {
    throw new BacklotError('input-invalid', `${name} is below none of the suffixes, so the guard lets it pass anyway`, { fix: project.suffixes.length === 0 ? 'There are no suffixes: names.suffixes in backlot.yaml.' : `The suffixes are: ${project.suffixes.join(', ')}.` });
  }
  if (wide ? rules.allowedBelow.includes(asked) : isAllowed(asked, rules)) throw new BacklotError('input-invalid', `${entry} is allowed already`, { fix: 'Bring the set up again, where the guard does not let it pass yet: backlot up' });
  return edit(project, (text) => addToList(text, ['names', 'allow'], entry), ports, signal);
}

/** The name in the form that is written, checked. */
function checked(name: string, check: (text: string) => unknown): string {
  const plain = plainName(name.trim());
  try {
    check(plain);
    return plain;
  } catch (error) {
    if (!(error instanceof NameFault)) throw error;
    throw new BacklotError('input-invalid', error.message, { fix: 'Give a host name, such as db.us-east-1.shop.example' });
  }
}

async function edit({ directory, file }: Project, change: (text: string) => Added, { files, loadDraft }: EditPorts, signal: AbortSignal): Promise<Place> {
  const bytes = await files.read(file, 'config-invalid');
  if (bytes === undefined) throw new BacklotError('project-missing', `There is no ${file} any more`, { fix: 'Open the project again.' });
  const { text, line } = change(decodeSource(bytes, { file, code: 'config-invalid' }));
  await loadDraft(directory, file, text, signal);
  await files.write(file, text, { replace: true });
  return { file, line };
}
