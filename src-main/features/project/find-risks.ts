import type { ResolvedModel, ResolvedService } from '#ports/compose.ts';

/** What a service of a Compose file may do to this machine, in words: nobody should bring up a stranger's project without having seen it. */
export function findRisks(model: ResolvedModel): string[] {
  return Object.entries(model.services).flatMap(([name, service]) => risksOf(service).map((risk) => `${name} ${risk}`));
}

function risksOf(service: ResolvedService): string[] {
  const sources = bindSources(service['volumes']);
  return [
    ...(service.provider === undefined ? [] : ['is brought up by a program of this machine (provider)']),
    ...(service['privileged'] === true ? ['is privileged: it can do everything that root of the engine’s machine can'] : []),
    ...(sources.some((source) => /(^|\/)docker\.sock$/.test(source)) ? ['has the engine’s socket: it can do everything that the engine can'] : []),
    ...(sources.includes('/') ? ['has the whole disk of the engine’s machine'] : []),
    ...(service['pid'] === 'host' ? ['sees every process of the engine’s machine (pid: host)'] : []),
  ];
}

function bindSources(volumes: unknown): string[] {
  if (!Array.isArray(volumes)) return [];
  return volumes.flatMap((volume: unknown) => {
    const { type, source } = (volume ?? {}) as { type?: unknown; source?: unknown };
    return type === 'bind' && typeof source === 'string' ? [source] : [];
  });
}
