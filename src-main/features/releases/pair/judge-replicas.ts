import type { SwarmReplica } from '#ports/swarm.ts';

/** Tries of one replica after which a version counts as broken: Swarm itself would go on for ever. */
const MOST_FAILURES = 3;

/** How far the replicas of a version are. Where a health check is declared, Swarm calls one running once that passes. Pure. */
export function judgeReplicas(replicas: readonly SwarmReplica[], wanted: number): { readonly isReady: boolean; readonly failed?: string; readonly why: string } {
  const running = replicas.filter(({ isWanted, state }) => isWanted && state === 'running').length;
  const broken = replicas.filter(({ state }) => state === 'failed' || state === 'rejected');
  const worst = broken.find(({ slot }) => broken.filter((one) => one.slot === slot).length >= MOST_FAILURES);
  const waiting = replicas.find(({ isWanted, state }) => isWanted && state !== 'running');
  const reason = broken[0]?.why ?? (waiting && `${waiting.state}${waiting.why === '' || waiting.why === waiting.state ? '' : `: ${waiting.why}`}`);
  const why = `${running} of ${wanted} replicas ${wanted === 1 ? 'runs' : 'run'}${reason === undefined ? '' : `; ${reason}`}`;
  return { isReady: running >= wanted, why, ...(worst && { failed: worst.why || 'its replicas end' }) };
}
