import { dialog, shell } from 'electron';
import { judgeAddress } from './judge-address.ts';

const OPEN = 0;
const CANCEL = 1;

/** Opens an address in the user's browser, once the user has seen all of it. */
export async function openOutside(address: string): Promise<void> {
  const verdict = judgeAddress(address);
  if (verdict === 'refuse') return;
  const { href } = new URL(address);
  if (verdict === 'ask') {
    const { response } = await dialog.showMessageBox({
      type: 'question',
      message: 'Open this address in your browser?',
      detail: href,
      buttons: ['Open', 'Cancel'],
      defaultId: OPEN,
      cancelId: CANCEL,
    });
    if (response !== OPEN) return;
  }
  await shell.openExternal(href);
}
