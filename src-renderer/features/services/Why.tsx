import { CopyButton } from '../../ui/CopyButton.tsx';
import style from './Why.module.css';

/** Why a service is as it is: a sentence, and below it what its probe or its log said last. */
export function Why({ text, compact = false }: { readonly text: string; readonly compact?: boolean }) {
  const [sentence = '', ...rest] = text.split('\n');
  const output = rest.join('\n').trim();
  return (
    <div className={style.why}>
      <p className={style.sentence}>{sentence}</p>
      {output && (
        <div className={style.box}>
          <pre className={style.output} data-compact={compact || undefined} tabIndex={0} aria-label="What it said last">
            {output}
          </pre>
          <span className={style.copy}>
            <CopyButton text={text} label="Copy why" />
          </span>
        </div>
      )}
    </div>
  );
}
