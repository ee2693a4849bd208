import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { appFolder, ask, environment, executable, test } from './desktop.ts';

test.describe('the app', () => {
  test('opens one window with the page in it', async ({ start }) => {
    const { app, page } = await start();
    expect(app.windows()).toHaveLength(1);
    expect(await page.title()).toContain('Backlot');
    const window = await app.browserWindow(page);
    expect(await window.evaluate((open) => ({ url: open.webContents.getURL().split('#')[0], visible: open.isVisible() }))).toEqual({ url: 'app://backlot/', visible: true });
  });

  test('gives the page a line to the core', async ({ start }) => {
    const { page } = await start();
    expect(await ask(page, 'operations.list')).toMatchObject({ t: 'answer', value: { operations: expect.any(Array) } });
    expect(await ask(page, 'no.such')).toMatchObject({ t: 'failure', error: { code: 'method-unknown' } });
  });

  test('opens the project that it is started with, or else the folder that it is started in', async ({ start, home }) => {
    const { page } = await start(`--project=${home}`);
    expect(await projectOf(page)).toBe(home);
  });

  test('keeps what it keeps in the folder that BACKLOT_HOME names', async ({ start, home }) => {
    const { app } = await start();
    expect(await app.evaluate(({ app }) => app.getPath('userData'))).toBe(join(home, 'desktop'));
  });

  test('started again brings its window to the front and ends', async ({ start, home }) => {
    const { app } = await start(`--project=${home}`);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
    expect(await startAgain(home, `--project=${home}`)).toBe(0);
    await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((open) => open.isMinimized()))).toEqual([false]);
  });

  test('started again for another project opens a window for it', async ({ start, home }) => {
    const { app } = await start(`--project=${home}`);
    const opened = app.waitForEvent('window');
    expect(await startAgain(home, '--project=/')).toBe(0);
    const page = await opened;
    await page.waitForFunction(() => (document.getElementById('root')?.childNodes.length ?? 0) > 0);
    expect(await projectOf(page)).toBe('/');
  });

  test('has a menu with what every desktop program has', async ({ start }) => {
    const { app } = await start();
    const roles = await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ role, label }) => (role ?? label ?? '').toLowerCase()));
    expect(roles).toEqual(expect.arrayContaining(['filemenu', 'editmenu', 'view', 'windowmenu']));
  });
});

test.describe('a window', () => {
  test('opens again where it stood', async ({ start, home }) => {
    const first = await start();
    const window = await first.app.browserWindow(first.page);
    await window.evaluate((open) => open.setBounds({ x: 60, y: 40, width: 900, height: 640 }));
    await first.app.close();
    expect(JSON.parse(readFileSync(join(home, 'desktop/window.json'), 'utf8'))).toMatchObject({ width: 900, height: 640, maximized: false });
    const second = await start();
    const again = await second.app.browserWindow(second.page);
    expect(await again.evaluate((open) => open.getBounds())).toEqual({ x: 60, y: 40, width: 900, height: 640 });
  });

  test('that was maximized is maximized again', async ({ start }) => {
    const first = await start();
    await (await first.app.browserWindow(first.page)).evaluate((open) => open.maximize());
    await first.app.close();
    const second = await start();
    const again = await second.app.browserWindow(second.page);
    expect(await again.evaluate((open) => open.isMaximized())).toBe(true);
  });
});

async function projectOf(page: Parameters<typeof ask>[0]): Promise<string | undefined> {
  return page.evaluate(async () => {
    const { backlotDesktop } = window as unknown as { backlotDesktop: { connect(onText: () => void, onClose: () => void): Promise<{ directory?: string; close(): void }> } };
    const line = await backlotDesktop.connect(
      () => {},
      () => {},
    );
    line.close();
    return line.directory;
  });
}

async function startAgain(home: string, ...args: string[]): Promise<number> {
  const sandbox = process.platform === 'linux' ? ['--no-sandbox'] : [];
  const child = spawn(executable, [...sandbox, appFolder, ...args], { env: environment(home), stdio: 'ignore', timeout: 20_000 });
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}
