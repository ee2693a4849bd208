import type { GuardMode } from '#contract/names.ts';
import type { Dependency, ServiceKind } from '#contract/project.ts';
import type { ProjectFile } from './project-schema.ts';
import type { BuildFile, StageFile } from './schema/stage-schema.ts';
import type { ResolvedModel, ResolvedService } from '#ports/compose.ts';

/** A project: `backlot.yaml` checked, its Compose files resolved, its sets closed over `depends_on`. Frozen. */
export type Project = {
  readonly name: string;
  /** Where `backlot.yaml` is; absolute, links resolved. */
  readonly directory: string;
  readonly file: string;
  readonly composeFiles: readonly string[];
  /** Other checkouts whose files are merged in, in the order in which they were found. */
  readonly components: readonly Component[];
  /** Of the default set; `environmentOf` puts a set's own in place, where it has one. */
  readonly model: ResolvedModel;
  readonly services: Readonly<Record<string, Service>>;
  readonly sets: Readonly<Record<string, ProjectSet>>;
  readonly defaultSet: string;
  /** Names that several services have on purpose, expanded, without suffixes: any of them answers. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly suffixes: readonly string[];
  /** What happens to a production name that nobody here owns; off where there are no suffixes. */
  readonly guard: GuardMode;
  /** Production names and patterns that are forwarded. */
  readonly allow: readonly string[];
  readonly stages: readonly string[];
  /** The stages as the file declares them, and how the component's own image is built. */
  readonly stageFiles: Readonly<Record<string, StageFile>>;
  readonly build?: BuildFile;
  /** Who is told what. */
  readonly notify?: NonNullable<ProjectFile['notify']>;
  readonly fixtures: readonly string[];
  readonly targets: readonly string[];
  /** Where images and fixtures are pushed. */
  readonly registry?: string;
  readonly warnings: readonly string[];
};

export type Component = {
  readonly name: string;
  /** Its checkout; absolute, links resolved. */
  readonly directory: string;
  /** What came from it and from nothing before it. */
  readonly services: readonly string[];
};

export type Service = {
  readonly name: string;
  readonly kind: ServiceKind;
  readonly image: string;
  readonly build: boolean;
  readonly dependsOn: readonly Dependency[];
  /** Its own name and its aliases, expanded, without suffixes. */
  readonly names: readonly string[];
  /** Names of groups that it belongs to, without suffixes; other services have them too. */
  readonly groups: readonly string[];
  /** The component that it comes from, where it is not the project's own. */
  readonly component?: string;
  readonly resolved: ResolvedService;
};

export type ProjectSet = {
  readonly name: string;
  /** Closure over required dependencies, every service after what it depends on. */
  readonly services: readonly string[];
  /** Why each is in the set, by service. */
  readonly because: Readonly<Record<string, string>>;
  readonly addresses: 'localhost' | 'own';
  /** Compose's project name: the Compose files' own for the default set, with the set's name added for others. */
  readonly composeProject: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly replicas: Readonly<Record<string, number>>;
  /** Host ports that the set asks for, by service and container port. */
  readonly ports: Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** Names that a service answers to beside its own, because the set leaves their owners out. */
  readonly standIns: Readonly<Record<string, readonly string[]>>;
  /** What its data services come up with where they have no data yet. */
  readonly fixture?: string;
  /** The set's own reading of the Compose files, where they ask for its variables. */
  readonly own?: Pick<Project, 'model' | 'services'>;
};

/** Loads a project by the folder of its `backlot.yaml`. Fails with every fault of the files at once. */
export type LoadProject = (directory: string, signal: AbortSignal) => Promise<Project>;
