import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';

const root = join(import.meta.dirname, '../../..');

/** The real Electron where one is named, else the double. */
export const executable = process.env['BACKLOT_ELECTRON'] ?? join(root, 'test/fake-electron/electron');
export const isDouble = process.env['BACKLOT_ELECTRON'] === undefined;
/** The built app. */
export const appFolder = process.env['BACKLOT_APP'] ?? root;

type Desktop = { readonly app: ElectronApplication; readonly page: Page };
type Fixtures = {
  /** A folder of this test's own, with everything that Backlot keeps. */
  readonly home: string;
  /** What else the app finds in its environment. A test adds to it before it starts the app. */
  readonly variables: Record<string, string>;
  /** Starts the app and waits for its first window. Closed at the end of the test. */
  readonly start: (...args: string[]) => Promise<Desktop>;
};

export const test = base.extend<Fixtures>({
  home: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), 'backlot-desktop-'));
    await use(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  },
  variables: async ({}, use) => use({}),
  start: async ({ home, variables }, use) => {
    const started: ElectronApplication[] = [];
    await use(async (...args) => {
      const app = await launch(args, { ...environment(home), ...variables });
      started.push(app);
      return { app, page: await loaded(app) };
    });
    for (const app of started) await app.close().catch(() => {});
  },
});

export function environment(home: string): Record<string, string> {
  const { BACKLOT_HOME: _home, ELECTRON_RENDERER_URL: _url, ...rest } = process.env as Record<string, string>;
  // Temporary files go there too: an app that was killed removes nothing.
  return { ...rest, BACKLOT_DNS_PORT: 'off', BACKLOT_HOME: home, TMPDIR: home };
}

/** A launch now and then takes too long on a busy machine; the second one counts. */
async function launch(args: readonly string[], env: Record<string, string>): Promise<ElectronApplication> {
  const options = { executablePath: executable, args: [appFolder, ...args], env, timeout: 30_000 };
  return _electron.launch(options).catch(() => _electron.launch(options));
}

/** The first window begins at `about:blank`: what counts is the page. */
async function loaded(app: ElectronApplication): Promise<Page> {
  const page = await app.firstWindow();
  await page.waitForFunction(() => (document.getElementById('root')?.childNodes.length ?? 0) > 0);
  return page;
}

/** Asks the core over a line of its own, as the page would. Answers the core's message. */
export function ask(page: Page, method: string, input: unknown = {}): Promise<{ t: string; value?: unknown; error?: unknown }> {
  return page.evaluate(
    async ([method, input]) => {
      const { backlotDesktop } = window as unknown as { backlotDesktop: { connect(onText: (text: string) => void, onClose: () => void): Promise<{ send(text: string): void; close(): void }> } };
      return new Promise((resolve, reject) => {
        const line = backlotDesktop.connect(
          (text) => {
            void line.then((open) => open.close());
            resolve(JSON.parse(text));
          },
          () => reject(new Error('the line was closed')),
        );
        line.then((open) => open.send(JSON.stringify({ t: 'call', id: 1, method, input })), reject);
      });
    },
    [method, input] as const,
  );
}

/** The id of the core's process. */
export async function corePid(app: ElectronApplication): Promise<number | undefined> {
  return app.evaluate(({ app }) => app.getAppMetrics().find(({ type, name, serviceName }) => type === 'Utility' && [name, serviceName].includes('Backlot core'))?.pid);
}
