import type { Failure } from '#contract/errors.ts';
import type { StageFile } from '#features/project/schema/stage-schema.ts';
import type { Service } from '#features/project/project.ts';
import { LOGGING, RUN_NETWORK } from './run-service.ts';

export const BROWSER_PORT = 4444;

/** What the browser is called among the services; the second where the project has a service of the first. */
export const BROWSER_NAMES = ['browser', 'backlot-browser'] as const;

/** Where Chromium writes its log, and with it what pages write to the console. Asking the driver for it would take it away from the test. */
export const CONSOLE_LOG = '/tmp/backlot-console.log';

/** Where Selenium's images put the videos that they make. */
export const VIDEO_FOLDER = '/videos';

/** Standalone servers that speak the W3C protocol, each with one browser. */
const IMAGES: Readonly<Record<NonNullable<StageFile['browser']>, string>> = {
  chromium: 'selenium/standalone-chromium:4',
  firefox: 'selenium/standalone-firefox:4',
};

/** What to do where nothing can be done without the browser's image. Pure. */
export function fixForBrowser({ browser, browserImage }: Pick<StageFile, 'browser' | 'browserImage'>, { code, message, fix }: Failure): string | undefined {
  const image = browser && (browserImage ?? IMAGES[browser]);
  if (!browser || image === undefined || !code.startsWith('image-') || !message.includes(image)) return fix;
  return `${fix ?? ''} Or name with browserImage one that this machine can have: a Selenium server with ${browser}, such as a copy of ${IMAGES[browser]} in your own registry.`.trim();
}

/** Browsers crash with the engine's usual 64 MB. */
const SHARED_MEMORY = 2 * 1024 ** 3;

/** The server says itself when it takes sessions; that it listens means less. */
const ASK = `(curl -sf http://localhost:${BROWSER_PORT}/status || wget -qO- http://localhost:${BROWSER_PORT}/status) | grep -q '"ready": *true'`;

/** Where Chromium and Chrome read what an administrator decided. */
const POLICIES = ['/etc/chromium/policies/managed/backlot.json', '/etc/opt/chrome/policies/managed/backlot.json'];
const POLICY = 'backlot-browser-policy';

/**
 * What a browser is told of the services that it can meet, as configs of the Compose model: names without a dot, such as `app` and `dev`, are
 * top-level domains that Chromium would reach by https alone (its preloaded list of HSTS; HSTSPolicyBypassList in Chrome's list of policies). Pure.
 */
export function browserPolicy(services: Iterable<Pick<Service, 'name' | 'names'>>): Readonly<Record<string, { readonly content: string }>> {
  const names = new Set([...services].flatMap(({ name, names }) => [name, ...names]).filter((name) => !name.includes('.')));
  return { [POLICY]: { content: JSON.stringify({ HSTSPolicyBypassList: [...names].sort() }) } };
}

type Wish = { readonly browser: NonNullable<StageFile['browser']>; readonly browserImage?: string | undefined };

/** A browser for a stage, as a service of its environment. */
export function browserService({ browser, browserImage }: Wish, taken: readonly string[]): Service {
  const [usual, other] = BROWSER_NAMES;
  const name = taken.includes(usual) ? other : usual;
  const image = browserImage ?? IMAGES[browser];
  return {
    name,
    kind: 'other',
    image,
    build: false,
    dependsOn: [],
    names: [name],
    groups: [],
    resolved: {
      image,
      environment: { CHROME_LOG_FILE: CONSOLE_LOG, SE_NODE_MAX_SESSIONS: '4', SE_NODE_OVERRIDE_MAX_SESSIONS: 'true' },
      shm_size: String(SHARED_MEMORY),
      healthcheck: { test: ['CMD-SHELL', ASK], interval: '10s', timeout: '5s' },
      networks: { [RUN_NETWORK]: null },
      configs: POLICIES.map((target) => ({ source: POLICY, target })),
      logging: LOGGING,
    },
  };
}
