/** Runs `stop` for each service once everything of these that depends on it has stopped; what nothing depends on, at once. Answers when each has stopped. */
export function stopByOrder(services: readonly string[], dependenciesOf: (service: string) => readonly string[], stop: (service: string) => Promise<void>): ReadonlyMap<string, Promise<void>> {
  const stopped = new Map<string, Promise<void>>();
  const visit = (service: string): Promise<void> => {
    const already = stopped.get(service);
    if (already) return already;
    const stopping = (async () => {
      await Promise.all(services.filter((other) => dependenciesOf(other).includes(service)).map(visit));
      await stop(service);
    })();
    stopped.set(service, stopping);
    return stopping;
  };
  for (const service of services) void visit(service);
  return stopped;
}
