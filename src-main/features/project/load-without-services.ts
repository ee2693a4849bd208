import { composeFilesOf, findParts, refuseMissing, type Part } from './find-parts.ts';
import { checkReferences } from './check-references.ts';
import { checkSharing } from './check-sharing.ts';
import { declaredParts } from './declared-parts.ts';
import { suffixesOf, type Declarations } from './declared-names.ts';
import { openProject, readSource, type LoadPorts } from './load-project.ts';
import type { Project, ProjectSet } from './project.ts';
import type { ProjectFile } from './project-schema.ts';
import { checkProjectFile, throwFaults } from './read-project-file.ts';
import { riskyReuse } from './risky-reuse.ts';
import type { Fault } from './schema-faults.ts';
import { setNamesOf } from './set-names.ts';

/**
 * Loads what `backlot.yaml` says by itself, as a project without services: enough for work that `isEnough` for. Answers nothing where
 * it is not, or where the project's name stands in a Compose file. Compose is not asked, which takes most of the time otherwise.
 */
export type LoadWithoutServices = (directory: string, isEnough: (file: ProjectFile) => boolean) => Promise<Project | undefined>;

export function createLoadWithoutServices(ports: Omit<LoadPorts, 'compose'>): LoadWithoutServices {
  return async (given, isEnough) => {
    const { source, directory } = await openProject(given, ports);
    const declared = checkProjectFile(source);
    if (declared.name === undefined || !isEnough(declared)) return undefined;
    const root: Part = { component: undefined, directory, source, composeFiles: await composeFilesOf(source, directory, ports.files) };
    const { parts, missing } = await findParts(root, { files: ports.files, readSource: (bytes, file, folder) => readSource(bytes, file, folder, ports) });
    refuseMissing(missing);
    // A full load tells what is wrong with a project that has no Compose file at all.
    if (parts.every(({ composeFiles }) => composeFiles.length === 0)) return undefined;
    const others = parts.slice(1).flatMap((part) => (part.source ? [{ file: checkProjectFile(part.source), yaml: part.source.yaml }] : []));
    const declarations: Declarations = [{ file: declared, yaml: source.yaml }, ...others];
    return withoutServices(declared.name, { directory, declarations, composeFiles: root.composeFiles, warnings: parts.flatMap((part) => part.source?.warnings ?? []) });
  };
}

type Known = { readonly directory: string; readonly declarations: Declarations; readonly composeFiles: readonly string[]; readonly warnings: readonly string[] };

function withoutServices(name: string, { directory, declarations, composeFiles, warnings }: Known): Project {
  const [{ file: declared, yaml }] = declarations;
  const faults: Fault[] = [];
  const { suffixes, warnings: ofSuffixes } = suffixesOf(declarations, faults);
  checkReferences(declared, mentionedServices(declared), { yaml, faults });
  checkSharing(declared, { yaml, faults });
  throwFaults(faults);
  const { defaultSet } = setNamesOf(declared);
  const set: ProjectSet = { name: defaultSet, services: [], because: {}, addresses: 'localhost', composeProject: name, environment: {}, replicas: {}, ports: {}, standIns: {} };
  return {
    name,
    directory,
    file: yaml.file,
    composeFiles,
    components: [],
    model: { name, services: {} },
    services: {},
    sets: { [defaultSet]: set },
    defaultSet,
    groups: {},
    suffixes,
    ...declaredParts(declarations, suffixes),
    warnings: [...new Set([...warnings, ...ofSuffixes, ...riskyReuse(declared, yaml.file)])],
  };
}

/** Which services there are is not known here, so none that is mentioned is a fault. */
function mentionedServices({ stages = {}, fixtures = {} }: ProjectFile): string[] {
  return [...Object.values(stages).flatMap(({ services = [] }) => services), ...Object.values(fixtures).flatMap(({ services }) => Object.keys(services))];
}
