import { useEffect, useRef } from 'react';
import type { RollLine } from './log-lines.ts';
import style from './RollBody.module.css';

/** Lines that are shown; `backlot releases log` has all of them. */
const SHOWN = 400;
/** Pixels from the end at which somebody still reads along. */
const NEAR = 24;

/** What a roll says, as it comes or as it was kept; it stays where somebody has scrolled to. */
export function RollLog({ lines }: { readonly lines: readonly RollLine[] }) {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (list.current && follows.current) list.current.scrollTop = list.current.scrollHeight;
  }, [lines.length]);
  const onScroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  return (
    <section aria-label="Log">
      {lines.length > SHOWN && <p className={style.soft}>The latest {SHOWN} of {lines.length.toLocaleString('en')} lines</p>}
      <div ref={list} className={style.log} role="log" tabIndex={0} aria-label="Lines of the log" onScroll={onScroll}>
        <ol>
          {lines.slice(-SHOWN).map(({ key, time, level, text }) => (
            <li key={key} data-level={level}>
              <time dateTime={time}>{time === '' ? '' : new Date(time).toLocaleTimeString('en-GB')}</time>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
