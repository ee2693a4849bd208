import { ArrowDown } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { LogList, type LogListOptions } from './log-list.ts';
import css from './LogList.module.css';
import type { LogModel } from './log-model.ts';
import type { LogEntry } from './log-ring.ts';
import { keyAction } from './log-keys.ts';
import style from './LogsPage.module.css';

type LogViewportProps = {
  readonly model: LogModel;
  readonly options: LogListOptions;
  /** New lines below the view, as of the last figures. */
  readonly shown: number;
  onOpen(entry: LogEntry): void;
  /** Follow was switched or the current line is another. */
  onMoved(): void;
  /** The list, for the parts that steer it; undefined when it is gone. */
  onList(list: LogList | undefined): void;
};

/** The list of lines, with its keys, its own copying, and the way back to the end. */
export function LogViewport({ model, options, shown, onOpen, onMoved, onList }: LogViewportProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [list, setList] = useState<LogList>();
  const [following, setFollowing] = useState(true);
  const [spoken, setSpoken] = useState('');
  const callbacks = useRef({ onOpen, onMoved, onList });
  useEffect(() => {
    callbacks.current = { onOpen, onMoved, onList };
  });

  useEffect(() => {
    if (!scroller.current) return undefined;
    const made = new LogList(scroller.current, model, {
      onFollow: (follows) => {
        setFollowing(follows);
        callbacks.current.onMoved();
      },
      onOpen: (entry) => callbacks.current.onOpen(entry),
      onCurrent: ({ service, text }) => {
        setSpoken(`${service}: ${text.slice(0, 300)}`);
        callbacks.current.onMoved();
      },
    });
    setList(made);
    setFollowing(true);
    callbacks.current.onList(made);
    return () => {
      made.dispose();
      callbacks.current.onList(undefined);
    };
  }, [model]);

  useEffect(() => list?.configure(options), [list, options]);
  useRelativeTimes(list, options.timestamps === 'relative');
  useCopying(list);

  const onKeyDown = (event: KeyboardEvent) => {
    if (list && keyAction(event, list)) event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const position = list?.positionOf(event.target);
    if (!list || position === undefined) return;
    if (event.target instanceof HTMLElement && event.target.dataset.action === 'open') list.cursor.put(position), onOpen(model.ring.at(position) as LogEntry);
    else if (document.getSelection()?.isCollapsed !== false || event.shiftKey) list.cursor.put(position, event.shiftKey);
  };
  const onDoubleTime = (event: MouseEvent) => {
    const position = list?.positionOf(event.target);
    const entry = position === undefined ? undefined : model.ring.at(position);
    if (entry && event.target instanceof HTMLElement && event.target.title !== '') onOpen(entry);
  };
  const news = following ? 0 : Math.min(list?.news ?? 0, shown);

  return (
    <div className={style.viewport}>
      {/* Lines are not spoken as they come: they would never end. What the person moves to is, below. */}
      <div
        ref={scroller}
        className={`${css.scroller} ${css.tones}`}
        role="log"
        aria-live="off"
        aria-label="Log lines"
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDoubleClick={onDoubleTime}
      />
      <p className="visually-hidden" role="status">
        {spoken}
      </p>
      {!following && shown > 0 && (
        <button type="button" className={style.pill} onClick={() => list?.goTo('last')}>
          <ArrowDown size={13} />
          {news === 0 ? 'Go to the end' : news === 1 ? '1 new line' : `${news.toLocaleString('en')} new lines`}
        </button>
      )}
    </div>
  );
}

/** Times that count from now are drawn again every second. */
function useRelativeTimes(list: LogList | undefined, relative: boolean): void {
  useEffect(() => {
    if (!list || !relative) return undefined;
    const timer = setInterval(() => !document.hidden && list.redraw(), 1000);
    return () => clearInterval(timer);
  }, [list, relative]);
}

/** Copying without a selection of the browser's own copies the lines that are selected in the list. */
function useCopying(list: LogList | undefined): void {
  useEffect(() => {
    if (!list) return undefined;
    const { scroller } = list;
    const onCopy = (event: ClipboardEvent) => {
      const text = list.cursor.text();
      if (document.getSelection()?.isCollapsed === false || text === '') return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
    };
    scroller.addEventListener('copy', onCopy);
    return () => scroller.removeEventListener('copy', onCopy);
  }, [list]);
}
