import { toFailure } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { ownLabels } from '#features/stack/environment.ts';
import { LABELS, type ContainerEngine } from '#ports/container-engine.ts';
import { HELD_ROLE, STAGE_SERVICE } from './stage-environment.ts';
import type { Scene } from './stage-scene.ts';

/** Does nothing until it is ended. */
const WAIT = ['/bin/sh', '-c', "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"];

/** A stage that has ended has no process to look at: a container goes on from the files that it left, where it was. */
export async function openHeldStage({ environment, stage }: Scene, { engine, signal, tell }: { readonly engine: ContainerEngine } & Work): Promise<void> {
  const labels = { ...ownLabels(environment), [LABELS.project]: environment.project.name, [LABELS.service]: STAGE_SERVICE, [LABELS.role]: HELD_ROLE };
  try {
    await engine.continueContainer(stage, { name: `${environment.set.composeProject}-${STAGE_SERVICE}-held`, command: WAIT, labels }, signal);
  } catch (error) {
    if (signal.aborted) return;
    tell({ type: 'message', level: 'warning', text: `The files that ${environment.run?.stage ?? 'the stage'} left cannot be entered: ${toFailure(error).message}` });
  }
}
