import { Modal } from '@mantine/core';
import { Keys } from '../ui/Keys.tsx';
import { SHORTCUTS, useShortcutsDialog } from './shortcuts.ts';
import style from './ShortcutsDialog.module.css';

/** Lists every shortcut. */
export function ShortcutsDialog() {
  const { open } = useShortcutsDialog();
  return (
    <Modal opened={open} onClose={() => useShortcutsDialog.setState({ open: false })} title="Shortcuts" size={420}>
      <dl className={style.list}>
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does} className={style.row}>
            <dt>{does}</dt>
            <dd>
              <Keys keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
