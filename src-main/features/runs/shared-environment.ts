import type { Environment } from '#features/stack/environment.ts';
import { LABELS } from '#ports/container-engine.ts';
import { sharedLabel } from './decide-shares.ts';
import { STAGE_SERVICE, type StageEnvironment } from './stage-environment.ts';

type Volumes = Readonly<Record<string, { readonly labels: Readonly<Record<string, string>> }>>;

/** The environment of the services that several stages share: that of one of them without itself. Pure. */
export function sharedEnvironment({ environment: { project, set, run } }: StageEnvironment, stages: readonly string[]): Environment {
  const stage = sharedLabel(stages);
  const id = run?.id ?? '';
  const without = <Value>({ [STAGE_SERVICE]: _own, ...others }: Readonly<Record<string, Value>>): Record<string, Value> => others;
  const volumes = Object.entries((project.model.volumes ?? {}) as Volumes).map(([key, volume]) => [key, { ...volume, labels: { ...volume.labels, [LABELS.stage]: stage } }]);
  const model = { ...project.model, services: without(project.model.services), volumes: Object.fromEntries(volumes) as Record<string, unknown> };
  return {
    project: { ...project, model, services: without(project.services) },
    // No stage has this name: theirs have no "_".
    set: { ...set, name: `${stage} of run ${id}`, services: set.services.filter((name) => name !== STAGE_SERVICE), composeProject: `${project.model.name}-${id}_${stages[0] ?? ''}` },
    run: { id, stage },
  };
}
