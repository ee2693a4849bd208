import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react';
import type { OperationSummary } from '#contract/operations.ts';
import type { ProjectReference, ProjectView, SetView } from '#contract/project.ts';
import type { SetStatus, StackStatus } from '#contract/stack.ts';
import { useChoice } from './choice.ts';
import { useConnection } from './connection.ts';
import { useFileChanges, useStackStatus } from './feeds.ts';
import type { LiveState } from './live.ts';
import { refreshOperations, useOperations } from './operations.ts';
import { useCall, type CallState } from './use-call.ts';
import { useReturn } from './use-return.ts';

/** What the page looks at: one set of one project, with everything that is known of it. */
export type Environment = {
  readonly projects: CallState<readonly ProjectReference[]>;
  readonly directory: string | undefined;
  readonly project: CallState<ProjectView>;
  /** How often the project's files have changed: a version for what else is worked out from them. */
  readonly fileChanges: number;
  /** The set in view; undefined until the project is known. */
  readonly set: string | undefined;
  readonly setView: SetView | undefined;
  readonly status: LiveState<StackStatus>;
  readonly setStatus: SetStatus | undefined;
  /** The operation that changes this set now. */
  readonly running: OperationSummary | undefined;
};

const EnvironmentContext = createContext<Environment | undefined>(undefined);

/** Gives the parts below it the chosen project and set. */
export function EnvironmentProvider({ children }: { readonly children: ReactNode }) {
  const { directory, sets, chooseProject } = useChoice();
  const projects = useCall('projects', async (backlot, signal) => (await backlot.project.list({}, signal)).projects);
  const fileChanges = useFileChanges(directory);
  const project = useCall(directory, (backlot, signal) => backlot.project.load({ directory: directory ?? '' }, signal), fileChanges);
  useReturn(project.error && project.reload);
  const status = useStackStatus(directory);
  const summaries = useOperations((state) => state.summaries);

  const started = useConnection(({ state }) => (state.kind === 'open' ? state.directory : undefined));
  const latest = started ?? projects.value?.[0]?.directory;
  useEffect(() => {
    if (directory === undefined && latest !== undefined) chooseProject(latest);
  }, [directory, latest, chooseProject]);

  const environment = useMemo<Environment>(() => {
    const chosen = directory === undefined ? undefined : sets[directory];
    const setView = project.value?.sets.find(({ name }) => name === (chosen ?? project.value?.defaultSet)) ?? project.value?.sets[0];
    const set = setView?.name;
    const isHere = (operation: OperationSummary) =>
      operation.state === 'running' && operation.directory === directory && [set, undefined].includes(operation.set) && changesSets(operation.method);
    return {
      projects,
      directory,
      project,
      fileChanges,
      set,
      setView,
      status,
      setStatus: status.value?.sets.find(({ name }) => name === set),
      running: summaries?.find(isHere),
    };
  }, [projects, directory, sets, project, fileChanges, status, summaries]);

  // What another shell does shows as a change of state first: ask at once what it is doing.
  const isQuiet = environment.running === undefined;
  useEffect(() => {
    if (isQuiet && status.value) refreshOperations();
  }, [isQuiet, status.value]);

  return <EnvironmentContext.Provider value={environment}>{children}</EnvironmentContext.Provider>;
}

/** Whether an operation starts and stops services of a set. */
export function changesSets(method: string): boolean {
  return method.startsWith('stack.') || method === 'fixtures.load' || method === 'fixtures.reset';
}

/** The project and set in view. */
export function useEnvironment(): Environment {
  const environment = useContext(EnvironmentContext);
  if (!environment) throw new Error('useEnvironment needs an EnvironmentProvider above it');
  return environment;
}
