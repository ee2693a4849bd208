import type { StageFile } from '#features/project/schema/stage-schema.ts';
import type { Service } from '#features/project/project.ts';
import { LOGGING, RUN_NETWORK } from './run-service.ts';

export const BROWSER_PORT = 4444;

/** Standalone servers that speak the W3C protocol, each with one browser. */
const IMAGES: Readonly<Record<NonNullable<StageFile['browser']>, string>> = {
  chromium: 'selenium/standalone-chromium:4',
  firefox: 'selenium/standalone-firefox:4',
};

/** Browsers crash with the engine's usual 64 MB. */
const SHARED_MEMORY = 2 * 1024 ** 3;

/** The server says itself when it takes sessions; that it listens means less. */
const ASK = `(curl -sf http://localhost:${BROWSER_PORT}/status || wget -qO- http://localhost:${BROWSER_PORT}/status) | grep -q '"ready": *true'`;

/** A browser for a stage, as a service of its environment. */
export function browserService(browser: NonNullable<StageFile['browser']>, taken: readonly string[]): Service {
  const name = taken.includes('browser') ? 'backlot-browser' : 'browser';
  return {
    name,
    kind: 'other',
    image: IMAGES[browser],
    build: false,
    dependsOn: [],
    names: [name],
    groups: [],
    resolved: {
      image: IMAGES[browser],
      environment: { SE_NODE_MAX_SESSIONS: '4', SE_NODE_OVERRIDE_MAX_SESSIONS: 'true' },
      shm_size: String(SHARED_MEMORY),
      healthcheck: { test: ['CMD-SHELL', ASK], interval: '10s', timeout: '5s' },
      networks: { [RUN_NETWORK]: null },
      logging: LOGGING,
    },
  };
}
