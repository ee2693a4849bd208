import type { OperationProgress } from '../../state/operations.ts';

/** A stage that is held, and the services that it has up. */
export type HeldStage = { readonly stage: string; readonly services: readonly string[] };

/** Which stages of a run are held now. */
export function heldStages({ stages, events }: Pick<OperationProgress, 'stages' | 'events'>): readonly HeldStage[] {
  return Object.entries(stages).flatMap(([stage, { event }]) => {
    if (event.state !== 'held') return [];
    const services = events.flatMap((one) => (one.type === 'service' && one.stage === stage ? [one.service] : []));
    return [{ stage, services: [...new Set(services)].sort() }];
  });
}
