import type { OperationProgress } from '../../state/operations.ts';
import { duration } from '../../ui/format.ts';
import type { Look } from '../../ui/phase.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Tag } from '../../ui/Tag.tsx';
import style from './BuildSteps.module.css';
import { buildInShort } from './build-words.ts';

type Steps = OperationProgress['steps'];

const LOOKS: Record<Steps[number]['state'], Look> = {
  running: { tone: 'busy', label: 'running', shape: 'spinner' },
  cached: { tone: 'ready', label: 'cached', shape: 'check' },
  done: { tone: 'ready', label: 'done', shape: 'check' },
  failed: { tone: 'fail', label: 'failed', shape: 'cross' },
};

/** How the image is being built, step by step, with what the cache gave. Folded once it is built. */
export function BuildSteps({ steps }: { readonly steps: Steps }) {
  const goesOn = steps.some(({ state }) => state === 'running' || state === 'failed');
  return (
    <details className={style.card} open={goesOn}>
      <summary>
        <StateIcon look={LOOKS[steps.some(({ state }) => state === 'failed') ? 'failed' : goesOn ? 'running' : 'done']} size={13} />
        <b>Build</b>
        <span>{buildInShort(steps)}</span>
      </summary>
      <ol aria-label="Steps of the build">
        {steps.map(({ image, step, name, state, seconds }) => (
          <li key={`${image} ${step}`}>
            <StateIcon look={LOOKS[state]} size={13} />
            <code>{name}</code>
            {state === 'cached' ? <Tag tone="ready">cached</Tag> : <span className={style.time}>{seconds === undefined ? LOOKS[state].label : duration(seconds * 1000)}</span>}
          </li>
        ))}
      </ol>
    </details>
  );
}
