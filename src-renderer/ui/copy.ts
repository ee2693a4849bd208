import { notifications } from '@mantine/notifications';

/** Puts text on the clipboard and says so. Where the browser refuses, it says that. */
export async function copyText(text: string, what = 'Copied'): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    notifications.show({ title: what, message: text.length > 160 ? `${text.slice(0, 160)}…` : text, autoClose: 2200 });
    return true;
  } catch {
    notifications.show({ color: 'red', title: 'The browser did not allow copying', message: text, autoClose: 12_000 });
    return false;
  }
}
