import type { HostNames } from '#contract/names.ts';
import { changeLines } from './change-lines.ts';
import style from './HostCard.module.css';

const SIGNS = { '+': 'added: ', '-': 'removed: ', ' ': '' } as const;

/** What becomes of each file or setting, line by line. */
export function Changes({ changes }: { readonly changes: HostNames['changes'] }) {
  return changes.map(({ what, now, then }) => (
    <figure key={what} className={style.change}>
      <figcaption title={what}>{what}</figcaption>
      <pre tabIndex={0} aria-label={`What changes in ${what}`}>
        {changeLines(now, then).map(({ sign, text }, index) => (
          <span key={`${index} ${text}`} data-sign={sign}>
            <span aria-hidden="true">{sign} </span>
            <span className="visually-hidden">{SIGNS[sign]}</span>
            {text}
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  ));
}
