import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import type { Environment } from './environment.ts';
import { GUARD_IMAGE } from './guard.ts';
import type { StackPorts } from './up.ts';

/** Has the image from which forwarders are made, the guard's own, on the engine; it is made where it is missing. */
export async function haveImage({ project, set }: Environment, { engine, compose, store, networking, signal, tell }: StackPorts & Work): Promise<void> {
  if (await engine.inspectImage(GUARD_IMAGE, signal)) return;
  tell({ type: 'message', level: 'info', text: `makes the image ${GUARD_IMAGE}, once` });
  const text = JSON.stringify({ name: set.composeProject, services: { forwarder: { image: GUARD_IMAGE, build: { context: networking.recipe } } } });
  const file = await store.writeModel(set.composeProject, project.directory, text);
  try {
    await compose.build({ project: set.composeProject, directory: project.directory, file }, ['forwarder'], () => {}, signal);
  } catch (error) {
    if (!(error instanceof BacklotError) || error.code !== 'build-failed') throw error;
    throw new BacklotError('build-failed', `The image ${GUARD_IMAGE}, which leads to the process, cannot be made: ${error.message}`, {
      cause: error.cause,
      fix: "It is made from Debian's packages: let the engine reach a registry and a Debian mirror, or load the image (docker load).",
    });
  }
}
