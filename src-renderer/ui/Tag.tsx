import type { ReactNode } from 'react';
import type { Tone } from './phase.ts';
import style from './Tag.module.css';

/** A word about the thing beside it. */
export function Tag({ tone = 'idle', title, children }: { readonly tone?: Tone | 'accent'; readonly title?: string; readonly children: ReactNode }) {
  return (
    <span className={style.tag} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
