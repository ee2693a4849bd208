import { dialog, shell } from 'electron';

export type Verdict = 'open' | 'ask' | 'refuse';

/** What to do with an address that the page wants opened outside: the user's own machine at once, the web after a look, the rest never. */
export function judgeAddress(address: string): Verdict {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return 'refuse';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'refuse';
  if (url.username !== '' || url.password !== '') return 'refuse';
  return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) || url.hostname.endsWith('.localhost') ? 'open' : 'ask';
}

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
