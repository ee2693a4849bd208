import { BacklotError } from '#contract/errors.ts';
import type { ResolvedModel, ResolvedService } from '#ports/compose.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { DeployOrder } from '#ports/deployer.ts';
import { pairLabels, pairName, type Slot } from './pair-model.ts';

type Kind = 'configs' | 'secrets';
type Declared = { readonly file?: string; readonly external?: boolean };

/** Configurations and secrets of a server: a Swarm never changes one, so each server has its own, which go with it. Pure. */
export function swarmFiles(model: ResolvedModel, service: ResolvedService, of: { readonly order: DeployOrder; readonly slot: Slot }): Partial<Record<Kind, unknown>> {
  return { ...filesOf('configs', model, service, of), ...filesOf('secrets', model, service, of) };
}

function filesOf(kind: Kind, model: ResolvedModel, service: ResolvedService, { order, slot }: { readonly order: DeployOrder; readonly slot: Slot }): Partial<Record<Kind, unknown>> {
  const declared = (model[kind] ?? {}) as Readonly<Record<string, Declared>>;
  const used = ((service[kind] ?? []) as readonly { readonly source: string }[]).map(({ source }) => source);
  const labels = { ...pairLabels(order), [LABELS.slot]: slot };
  const entries = used.map((source) => {
    const { file, external = false } = declared[source] ?? {};
    if (external) return [source, declared[source]];
    if (file === undefined) throw new BacklotError('config-invalid', `On a Swarm, ${kind} such as ${source} come from files or are there already`, { fix: `Write file: or external: true at ${kind}.${source} of the Compose file.` });
    return [source, { name: `${pairName(order)}-${slot}-${source}`, file, labels }];
  });
  return entries.length === 0 ? {} : { [kind]: Object.fromEntries(entries) };
}
