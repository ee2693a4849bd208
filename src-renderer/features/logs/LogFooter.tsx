import { Popover } from '@mantine/core';
import { Keyboard } from 'lucide-react';
import { Keys } from '../../ui/Keys.tsx';
import { bytes } from '../../ui/format.ts';
import type { FeedState } from './log-feed.ts';
import { LOG_KEYS } from './log-keys.ts';
import type { LogSummary } from './use-logs.ts';
import style from './LogsPage.module.css';

type LogFooterProps = { readonly feed: FeedState; readonly summary: LogSummary; readonly following: boolean; onFollow(following: boolean): void };

const PHASES: Record<FeedState['phase'], string> = { opening: 'Connecting …', live: 'Live', ended: 'Waiting for containers', failing: 'Interrupted' };

/** What is held, what was let go, and whether the view follows. */
export function LogFooter({ feed, summary, following, onFollow }: LogFooterProps) {
  const { held, shown, dropped, characters } = summary;
  return (
    <footer className={style.footer}>
      <span className={style.phase} data-phase={feed.phase}>{PHASES[feed.phase]}</span>
      <span>
        {shown === held ? lines(held) : `${count(shown)} of ${lines(held)}`} · {bytes(characters)}
      </span>
      {dropped > 0 && <span title="The view keeps the latest 100,000 lines, or 32 MB">{count(dropped)} older lines dropped</span>}
      <span className={style.space} />
      <KeysHelp />
      <label className={style.follow}>
        <input type="checkbox" checked={following} onChange={({ currentTarget }) => onFollow(currentTarget.checked)} />
        Follow
      </label>
    </footer>
  );
}

function KeysHelp() {
  return (
    <Popover position="top-end" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={style.keysButton}>
          <Keyboard size={13} aria-hidden="true" /> Keys
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <dl className={style.keys}>
          {LOG_KEYS.map(({ keys, does }) => (
            <div key={keys}>
              <dt><Keys keys={keys} /></dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function lines(value: number): string {
  return `${count(value)} ${value === 1 ? 'line' : 'lines'}`;
}
