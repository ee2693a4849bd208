import type { ProjectView, ServiceKind, SetView } from '#contract/project.ts';
import type { Plan } from '#contract/stack.ts';

export type PlanLine = {
  readonly service: string;
  readonly kind: ServiceKind;
  readonly because: string;
  readonly step: 'create' | 'recreate' | 'start' | 'remove' | 'keep';
  readonly why: string;
  readonly image: string;
  readonly imageAction: 'pull' | 'build' | 'present';
  readonly ports: readonly string[];
  /** Whether something else holds one of its ports. */
  readonly taken: boolean;
};

const STEPS = ['create', 'recreate', 'start', 'remove'] as const;

/** The plan turned round: what happens to each service of the set, and to those that leave it. */
export function planLines(project: ProjectView, set: SetView, plan: Plan | undefined): readonly PlanLine[] {
  const members = new Map(set.members.map(({ service, because }) => [service, because]));
  const leaving = plan?.remove.map(({ service }) => service).filter((service) => !members.has(service)) ?? [];
  return [...members.keys(), ...leaving].map((service) => {
    const view = project.services.find(({ name }) => name === service);
    const step = STEPS.find((verb) => plan?.[verb].some((entry) => entry.service === service)) ?? 'keep';
    const image = plan?.images.find(({ services }) => services.includes(service));
    return {
      service,
      kind: view?.kind ?? 'other',
      because: members.get(service) ?? 'no longer in the set',
      step,
      why: step === 'keep' ? '' : (plan?.[step].find((entry) => entry.service === service)?.why ?? ''),
      image: image?.image ?? view?.image ?? '',
      imageAction: image?.action ?? 'present',
      taken: plan?.ports.some((port) => port.service === service && port.takenBy !== undefined) ?? false,
      ports: (plan?.ports ?? []).flatMap((port) => (port.service === service && port.host !== undefined ? [String(port.host)] : [])),
    };
  });
}
