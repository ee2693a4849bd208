import { useEffect, useRef } from 'react';
import type { OperationEvent } from '#contract/operations.ts';
import style from './RollBody.module.css';

type Message = Extract<OperationEvent, { type: 'message' }>;

/** Lines that are shown; all of them are in the operation’s own log. */
const SHOWN = 400;
/** Pixels from the end at which somebody still reads along. */
const NEAR = 24;

/** What the roll says, as it comes; it stays where somebody has scrolled to. */
export function RollLog({ messages }: { readonly messages: readonly Message[] }) {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (list.current && follows.current) list.current.scrollTop = list.current.scrollHeight;
  }, [messages.length]);
  const onScroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  return (
    <section aria-label="Log">
      {messages.length > SHOWN && <p className={style.soft}>The latest {SHOWN} of {messages.length.toLocaleString('en')} lines</p>}
      <div ref={list} className={style.log} role="log" tabIndex={0} aria-label="Lines of the log" onScroll={onScroll}>
        <ol>
          {messages.slice(-SHOWN).map(({ sequence, time, level, text, fix }) => (
            <li key={sequence} data-level={level}>
              <time dateTime={time}>{new Date(time).toLocaleTimeString('en-GB')}</time>
              <span>
                {text}
                {fix !== undefined && ` · ${fix}`}
              </span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
