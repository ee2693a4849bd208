import { KeyRound } from 'lucide-react';
import { CopyText } from '../../ui/CopyButton.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { Mark } from '../../ui/Mark.tsx';
import style from './Welcome.module.css';

/** What a tab without a key shows: how to get one. */
export function UnauthorizedPage() {
  return (
    <main className={style.full}>
      <div className={style.brand}>
        <Mark size={28} /> Backlot
      </div>
      <Empty
        icon={<KeyRound size={20} />}
        title="This tab has no key"
        text="Backlot opens to the address that it prints when it starts: its last part is a key that works once. Ask for a new one in a terminal:"
      >
        <CopyText text="backlot serve --open" label="Copy the command" />
      </Empty>
    </main>
  );
}
