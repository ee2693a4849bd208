import { labelsOfEnvironment } from '#features/stack/generate-model.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import type { NewStage } from '#ports/new-stage.ts';
import { LOGGING } from './run-service.ts';
import { STAGE_SERVICE, type StageEnvironment } from './stage-environment.ts';
import { SUITE_HOSTS, SUITE_SOCKET } from './suite-engine.ts';

/** A stage with what it runs in. */
export type StageInImage = StageEnvironment & { readonly image: string; readonly directory: string | undefined };

/** The container of a stage on a network, where the engine itself is asked for it. Pure. */
export function stageContainer({ environment, image, command, variables, directory, engineSocket }: StageInImage, { network, resolver }: { readonly network: string; readonly resolver: string | undefined }): NewStage {
  return {
    name: `${environment.set.composeProject}-${STAGE_SERVICE}-1`,
    image,
    command,
    environment: variables,
    labels: { ...labelsOfEnvironment(environment), [LABELS.service]: STAGE_SERVICE },
    network,
    logging: LOGGING,
    ...(directory !== undefined && { directory }),
    ...(resolver !== undefined && { resolver }),
    ...(engineSocket !== undefined && { shared: [{ folder: engineSocket, path: SUITE_SOCKET }], hosts: SUITE_HOSTS }),
  };
}

/** As a list would show what has just been made. */
export function justMade(id: string, labels: Readonly<Record<string, string>>): ContainerSummary {
  return { id, name: '', image: '', imageId: '', state: 'created', health: 'none', status: '', labels, ports: [], networks: [] };
}
