import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { test } from './desktop.ts';

const ADDRESSES = ['https://backlot.example/', 'http://127.0.0.1:9/', 'data:text/html,x', 'file:///etc/passwd', 'https://backlot@evil.example/'];

test.describe('the page', () => {
  test('cannot be taken elsewhere', async ({ start }) => {
    const { app, page } = await start();
    const before = await urlOf(app, page);
    await page.evaluate((addresses) => {
      (window as unknown as { mark: number }).mark = 1;
      for (const address of addresses) location.href = address;
    }, ADDRESSES);
    for (const address of ADDRESSES) {
      await page.evaluate((href) => {
        const link = document.body.appendChild(Object.assign(document.createElement('a'), { href }));
        link.click();
        link.remove();
      }, address);
    }
    expect(await urlOf(app, page)).toBe(before);
    expect(await page.evaluate(() => (window as unknown as { mark?: number }).mark)).toBe(1);
  });

  test('cannot open a second window', async ({ start }) => {
    const { app, page } = await start();
    await answerWith(app, 1);
    expect(await page.evaluate(() => [window.open('https://backlot.example/'), window.open('about:blank'), window.open('/')])).toEqual([null, null, null]);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(await opened(app)).toEqual([]);
  });

  test('opens an address of this machine in the browser at once', async ({ start }) => {
    const { app, page } = await start();
    await answerWith(app, 1);
    await follow(page, 'http://localhost:8080/health');
    await expect.poll(() => opened(app)).toEqual(['http://localhost:8080/health']);
    expect(await asked(app)).toEqual([]);
  });

  test('opens an address of the web only after the user has seen all of it', async ({ start }) => {
    const { app, page } = await start();
    await answerWith(app, 1);
    await follow(page, 'https://backlot.example/a?b=c#d');
    await expect.poll(() => asked(app)).toEqual(['https://backlot.example/a?b=c#d']);
    expect(await opened(app)).toEqual([]);
    await answerWith(app, 0);
    await follow(page, 'https://backlot.example/a?b=c#d');
    await expect.poll(() => opened(app)).toEqual(['https://backlot.example/a?b=c#d']);
  });

  test('opens nothing but the web', async ({ start }) => {
    const { app, page } = await start();
    await answerWith(app, 0);
    for (const address of ['file:///etc/passwd', 'vscode://file/etc/passwd', 'smb://evil.example/x', 'mailto:a@b.example', 'https://user:secret@backlot.example/']) await follow(page, address);
    await follow(page, 'http://localhost:1/last');
    await expect.poll(() => opened(app)).toEqual(['http://localhost:1/last']);
    expect(await asked(app)).toEqual([]);
  });
});

/** Lets the user answer every question with the button of this number, and notes what is asked and opened. */
async function answerWith(app: ElectronApplication, response: number): Promise<void> {
  await app.evaluate(({ dialog, shell }, button) => {
    const notes = { asked: [] as string[], opened: [] as string[] };
    Object.assign(globalThis, { notes });
    dialog.showMessageBox = ((options: { detail?: string }) => {
      notes.asked.push(options.detail ?? '');
      return Promise.resolve({ response: button, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
    shell.openExternal = (address: string) => {
      notes.opened.push(address);
      return Promise.resolve();
    };
  }, response);
}

type Notes = { readonly notes: { readonly asked: string[]; readonly opened: string[] } };
const asked = (app: ElectronApplication) => app.evaluate(() => (globalThis as unknown as Notes).notes.asked);
const opened = (app: ElectronApplication) => app.evaluate(() => (globalThis as unknown as Notes).notes.opened);

async function follow(page: Page, address: string): Promise<void> {
  await page.evaluate((href) => {
    const link = document.body.appendChild(Object.assign(document.createElement('a'), { href, target: '_blank' }));
    link.click();
    link.remove();
  }, address);
}

async function urlOf(app: ElectronApplication, page: Page): Promise<string> {
  return (await app.browserWindow(page)).evaluate((window) => window.webContents.getURL());
}
