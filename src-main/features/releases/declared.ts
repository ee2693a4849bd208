import path from 'node:path';
import type { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import { nearest } from '#core/nearest.ts';
import { openProject, type LoadPorts } from '#features/project/load-project.ts';
import type { ProjectFile } from '#features/project/project-schema.ts';
import { checkProjectFile } from '#features/project/read-project-file.ts';
import type { TargetSchema } from '#features/project/schema/target-schema.ts';

export type TargetFile = z.output<typeof TargetSchema>;
export type DeployFile = NonNullable<TargetFile['deploy']>;

/** What a project says of its image, its targets and who is told. */
export type Declared = Pick<ProjectFile, 'build' | 'registry' | 'evidence' | 'stages' | 'notify'> & {
  readonly name: string;
  readonly directory: string;
  readonly file: string;
  readonly targets: Readonly<Record<string, TargetFile>>;
  /** How a target is deployed as the file has it: secrets that variables hold are not in it. */
  readonly deployWritten: (target: string) => unknown;
};

export type DeclaredPorts = Omit<LoadPorts, 'compose'>;

/** Reads what `backlot.yaml` says of releases, without asking Compose. */
export async function readDeclared(given: string, ports: DeclaredPorts): Promise<Declared> {
  const { source, directory } = await openProject(given, ports);
  const { name, targets, build, registry, evidence, stages, notify } = checkProjectFile(source);
  const deployWritten = (target: string) => (source.written() as { targets?: Record<string, { deploy?: unknown } | undefined> }).targets?.[target]?.deploy;
  return { name: name ?? path.basename(directory), directory, file: source.yaml.whereIs([]).file, targets: targets ?? {}, build, registry, evidence, stages, notify, deployWritten };
}

const WRITE_ONE = 'Write one in backlot.yaml, such as: targets: { staging: { requires: [unit] } }';

/** The target of that name; without one, the first that is declared. */
export function targetOf({ targets, file }: Declared, name: string | undefined): { readonly name: string; readonly target: TargetFile } {
  const known = Object.keys(targets);
  const wanted = name ?? known[0];
  if (wanted === undefined) throw new BacklotError('config-invalid', 'The project has no targets', { where: { file }, fix: WRITE_ONE });
  const target = Object.hasOwn(targets, wanted) ? targets[wanted] : undefined;
  if (target) return { name: wanted, target };
  const close = nearest(wanted, known);
  throw new BacklotError('target-unknown', `There is no target ${JSON.stringify(wanted)}`, {
    fix: known.length === 0 ? `The project has none. ${WRITE_ONE}` : `${close === undefined ? '' : `Did you mean ${close}? `}The targets are: ${known.join(', ')}.`,
  });
}

/** The repository that a target's images are in: the target's registry, else that of the image's own name, else the project's. */
export function repositoryOf({ build, name, registry, file }: Declared, target: Pick<TargetFile, 'registry'>): string {
  const image = build?.image ?? name;
  const [first = '', ...rest] = image.split('/');
  const named = rest.length > 0 && (/[.:[]/.test(first) || first === 'localhost');
  const repository = named ? rest.join('/') : image;
  const host = target.registry ?? (named ? first : registry);
  if (host !== undefined) return `${host.replace(/^https?:\/\//, '').replace(/\/$/, '')}/${repository}`;
  throw new BacklotError('config-invalid', 'The project does not say in which registry its images are', { where: { file }, fix: 'Write in backlot.yaml, such as: registry: registry.example:5000' });
}
