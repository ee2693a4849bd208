import { expect } from '@playwright/test';
import { ask, isDouble, test } from './desktop.ts';

test.describe('the page', () => {
  test('is sandboxed and isolated', async ({ start }) => {
    const { app, page } = await start();
    const window = await app.browserWindow(page);
    // Not in the declarations, but in Electron: what the window was really opened with.
    const preferences = await window.evaluate((open) => (open.webContents as unknown as { getLastWebPreferences(): object }).getLastWebPreferences());
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
    });
    expect(preferences).not.toHaveProperty('enableBlinkFeatures');
    expect(await page.evaluate(() => [typeof require, typeof process, typeof module].join())).toBe('undefined,undefined,undefined');
  });

  test('is given one frozen object with one function by the preload', async ({ start }) => {
    const { page } = await start();
    const surface = await page.evaluate(() => {
      const given = (window as unknown as { backlotDesktop: Record<string, unknown> }).backlotDesktop;
      return { members: Object.entries(given).map(([name, value]) => `${name}: ${typeof value}`), frozen: Object.isFrozen(given), replaceable: Reflect.set(window, 'backlotDesktop', 1) };
    });
    expect(surface).toEqual({ members: ['connect: function'], frozen: true, replaceable: false });
    expect(await page.evaluate(() => Object.keys(window).filter((name) => /electron|ipc|bridge/i.test(name)))).toEqual([]);
  });

  test('is given a line with a project, a way to send and a way to close', async ({ start }) => {
    const { page } = await start();
    const line = await page.evaluate(async () => {
      const { backlotDesktop } = window as unknown as { backlotDesktop: { connect(...listeners: (() => void)[]): Promise<Record<string, unknown> & { close(): void }> } };
      const open = await backlotDesktop.connect(
        () => {},
        () => {},
      );
      open.close();
      return Object.entries(open).map(([name, value]) => `${name}: ${typeof value}`);
    });
    expect(line.sort()).toEqual(['close: function', 'directory: string', 'send: function']);
  });

  test('in a frame is given nothing', async ({ start }) => {
    const { page } = await start();
    const given = await page.evaluate(() => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      return typeof (frame.contentWindow as unknown as { backlotDesktop?: unknown }).backlotDesktop;
    });
    expect(given).toBe('undefined');
  });

  test('runs under the content policy', async ({ start }) => {
    const { page } = await start();
    const violated = page.evaluate(() => new Promise((resolve) => document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true })));
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.intruder = true';
      document.body.append(script);
    });
    expect(await violated).toBe('script-src-elem');
    expect(await page.evaluate(() => 'intruder' in window)).toBe(false);
    expect(await page.evaluate(() => fetch('https://backlot.example/').then(() => 'reached', () => 'refused'))).toBe('refused');
    const headers = await page.evaluate(async () => Object.fromEntries((await fetch('/')).headers));
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' });
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['content-security-policy']).not.toMatch(/https?:|wss?:|unsafe-eval/);
  });

  test('B58: reaches no file outside its folder', async ({ start }) => {
    const { page } = await start();
    const outcomes = await page.evaluate(async () => {
      const ask = async (path: string, init?: RequestInit) => `${path} ${(await fetch(path, init)).status}`;
      return [
        await ask('/..%2f..%2fpackage.json'),
        await ask('/..%5c..%5cpackage.json'),
        await ask('/%2e%2e/%2e%2e/package.json'),
        await ask('/../../package.json'),
        await ask('/index.html%00.js'),
        await ask('/%zz.js'),
        await ask('/.hidden.js'),
        await ask('/assets/gone.js'),
        await ask('/', { method: 'POST', body: 'x' }),
        await ask('/services'),
      ].map((line) => line.split(' ')[1]);
    });
    expect(outcomes).toEqual(['404', '404', '404', '404', '404', '404', '404', '404', '405', '200']);
  });

  test('B58: is the only host of its scheme', async ({ start }) => {
    test.skip(!isDouble, 'The double maps schemes to https addresses; with Electron the scheme itself is asked below.');
    const { page } = await start();
    expect(await page.evaluate(() => fetch('https://other.app.electron.invalid/').then(({ status }) => status, () => 'refused'))).toBe('refused');
  });

  test('has no permission but to write to the clipboard and to notify', async ({ start }) => {
    const { page } = await start();
    const states = await page.evaluate(async () => {
      const stateOf = async (name: string) => [name, (await navigator.permissions.query({ name: name as PermissionName })).state];
      return Object.fromEntries(await Promise.all(['geolocation', 'camera', 'midi', 'clipboard-read', 'notifications'].map(stateOf)));
    });
    expect(states).toEqual({ 'geolocation': 'denied', 'camera': 'denied', 'midi': 'denied', 'clipboard-read': 'denied', 'notifications': 'granted' });
    expect(await page.evaluate(() => new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve('given'), ({ code }) => resolve(code))))).toBe(1);
  });
});

test.describe('a message', () => {
  test('from a frame, from a stranger or from another address gets no line', async ({ start }) => {
    const { app, page } = await start();
    expect(await ask(page, 'operations.list')).toMatchObject({ t: 'answer' });
    const answered = await app.evaluate(({ ipcMain, BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const told: string[] = [];
      const attempt = (name: string, senderFrame: unknown, id = contents?.id, channel: unknown = 'backlot:line:0.5') =>
        ipcMain.emit('backlot:connect', { sender: { id, postMessage: () => told.push(name) }, senderFrame }, channel);
      attempt('our page', { url: 'app://backlot/', parent: null });
      attempt('a frame', { url: 'app://backlot/', parent: {} });
      attempt('no frame', null);
      attempt('a foreign host', { url: 'app://backlot.evil.example/', parent: null });
      attempt('a foreign scheme', { url: 'https://backlot/', parent: null });
      attempt('no address', { url: '', parent: null });
      attempt('a foreign window', { url: 'app://backlot/', parent: null }, 4711);
      attempt('a foreign channel', { url: 'app://backlot/', parent: null }, contents?.id, 'something-else');
      return told;
    });
    expect(answered).toEqual(['our page']);
  });
});
