import type { OperationProgress } from '../../state/operations.ts';
import { counted } from '../../ui/format.ts';

/** `12 steps, 9 from the cache`. */
export function buildInShort(steps: OperationProgress['steps']): string {
  const cached = steps.filter(({ state }) => state === 'cached').length;
  const failed = steps.find(({ state }) => state === 'failed');
  if (failed) return `failed at ${failed.name}`;
  return [counted(steps.length, 'step'), cached > 0 ? `${cached} from the cache` : 'none from the cache'].join(', ');
}
