import { Modal } from '@mantine/core';
import { CopyButton } from '../../ui/CopyButton.tsx';
import type { LogEntry } from './log-ring.ts';
import style from './LogsPage.module.css';

/** The whole of one line, with where and when it came from. */
export function LineDialog({ entry, onClose }: { readonly entry: LogEntry | undefined; onClose(): void }) {
  return (
    <Modal opened={entry !== undefined} onClose={onClose} size="xl" title={entry ? `${entry.service} · ${entry.kind}` : ''}>
      {entry && (
        <>
          <p className={style.lineFacts}>
            <time dateTime={entry.time}>{entry.time}</time>
            <CopyButton text={entry.text} label="Copy the line" />
            {entry.cut !== undefined && <span>The line has {entry.cut.toLocaleString('en')} characters; the first {entry.text.length.toLocaleString('en')} are kept here.</span>}
          </p>
          <pre className={style.wholeLine} tabIndex={0}>
            {entry.text}
          </pre>
        </>
      )}
    </Modal>
  );
}
