import type { ResolvedService } from '#ports/compose.ts';

/** Service names, each after what it depends on. */
export function closeOver(services: Readonly<Record<string, ResolvedService>>): string[] {
  const order: string[] = [];
  const visit = (name: string) => {
    if (order.includes(name)) return;
    Object.keys(services[name]?.depends_on ?? {}).forEach(visit);
    order.push(name);
  };
  Object.keys(services).forEach(visit);
  return order;
}
