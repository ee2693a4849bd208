import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { ask, corePid, test } from './desktop.ts';

test.describe('F16: when the core is killed', () => {
  test('the window stays, the core is started again and the page reconnects', async ({ start }) => {
    const { app, page } = await start();
    const first = await killCore(app);
    expect(await ask(page, 'operations.list')).toMatchObject({ t: 'answer' });
    expect(await corePid(app)).not.toBe(first);
    expect(app.windows()).toHaveLength(1);
  });

  test('its lines are closed, and the page is told', async ({ start }) => {
    const { app, page } = await start();
    const closed = page.evaluate(async () => {
      const { backlotDesktop } = window as unknown as { backlotDesktop: { connect(onText: () => void, onClose: () => void): Promise<unknown> } };
      return new Promise((resolve, reject) => {
        backlotDesktop.connect(
          () => {},
          () => resolve('closed'),
        ).then(() => Object.assign(window, { lineOpen: true }), reject);
      });
    });
    await page.waitForFunction(() => 'lineOpen' in window);
    await killCore(app);
    expect(await closed).toBe('closed');
  });

  test('four times within a minute, it is left alone and the page is told why', async ({ start }) => {
    const { app, page } = await start();
    for (let crash = 0; crash < 4; crash += 1) {
      await reconnected(page);
      await killCore(app);
    }
    await expect.poll(() => ask(page, 'operations.list').then(() => 'answered', String)).toContain("Backlot's core stopped 4 times within a minute");
  });
});

test('F16: when the page crashes, it is loaded again and the core goes on', async ({ start }) => {
  const { app, page } = await start();
  const pid = await corePid(app);
  const window = await app.browserWindow(page);
  await window.evaluate(
    (open) =>
      new Promise<void>((resolve) => {
        open.webContents.once('render-process-gone', () => open.webContents.once('did-finish-load', () => resolve()));
        open.webContents.forcefullyCrashRenderer();
      }),
  );
  expect(await window.evaluate((open) => open.webContents.getURL())).toContain('app://backlot/');
  expect(await corePid(app)).toBe(pid);
});

test('F16: when the app is killed, its core ends with it', async ({ start }) => {
  const { app } = await start();
  const pid = (await corePid(app)) ?? 0;
  expect(isAlive(pid)).toBe(true);
  app.process().kill('SIGKILL');
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test.describe('quitting', () => {
  test('ends the core first, and then the app', async ({ start }) => {
    const { app } = await start();
    const pid = (await corePid(app)) ?? 0;
    const ended = new Promise((resolve) => app.process().once('exit', resolve));
    await app.close();
    expect(await ended).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  test('happens when the last window is closed', async ({ start }) => {
    test.skip(process.platform === 'darwin', 'Programs of macOS stay without a window.');
    const { app } = await start();
    const ended = new Promise((resolve) => app.process().once('exit', resolve));
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    expect(await ended).toBe(0);
  });

  test('is asked about while an operation runs, and is not done unless it is meant', async ({ start, variables }) => {
    const engine = await silentEngine();
    variables['DOCKER_HOST'] = `tcp://127.0.0.1:${engine.port}`;
    const { app, page } = await start();
    await ask(page, 'system.clean');
    await answerWith(app, 1);
    await app.evaluate(({ app }) => app.quit());
    await expect.poll(() => app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)).toEqual(['One operation is running. Quitting cancels it.']);
    expect(await ask(page, 'operations.list')).toMatchObject({ t: 'answer' });

    await answerWith(app, 0);
    const ended = new Promise((resolve) => app.process().once('exit', resolve));
    await app.evaluate(({ app }) => app.quit());
    expect(await ended).toBe(0);
    engine.close();
  });
});

/** Lets the user answer every question with the button of this number, and notes the questions. */
async function answerWith(app: ElectronApplication, response: number): Promise<void> {
  await app.evaluate(({ dialog }, button) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = ((options: { message: string }) => {
      asked.push(options.message);
      return Promise.resolve({ response: button, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
  }, response);
}

/** An engine that takes every connection and never answers: what asks it, waits. */
async function silentEngine(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

async function killCore(app: ElectronApplication): Promise<number> {
  await expect.poll(() => corePid(app)).toBeDefined();
  const pid = (await corePid(app)) ?? 0;
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => corePid(app)).not.toBe(pid);
  return pid;
}

/** The page has a line again: where it has not asked for one itself, this does. */
async function reconnected(page: Page): Promise<void> {
  await expect.poll(() => ask(page, 'operations.list').then(({ t }) => t, String)).toBe('answer');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
