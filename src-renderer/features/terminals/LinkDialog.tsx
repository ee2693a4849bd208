import { Button, Group, Modal } from '@mantine/core';
import { ExternalLink } from 'lucide-react';
import { copyText } from '../../ui/copy.ts';
import { openExternally } from './external-link.ts';
import style from './TerminalDock.module.css';

/** Asks before an address that a program wrote is opened, and shows all of it. */
export function LinkDialog({ url, onClose }: { readonly url: URL | undefined; onClose(): void }) {
  const open = () => {
    if (url) openExternally(url);
    onClose();
  };
  return (
    <Modal opened={url !== undefined} onClose={onClose} title="Open this address?">
      <p className={style.linkText}>A program in the terminal wrote this link. It leads to:</p>
      <code className={style.address}>{url?.href}</code>
      <Group justify="flex-end" mt="md">
        <Button variant="subtle" onClick={() => url && void copyText(url.href, 'Address copied')}>Copy</Button>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" leftSection={<ExternalLink size={14} />} onClick={open}>Open</Button>
      </Group>
    </Modal>
  );
}
