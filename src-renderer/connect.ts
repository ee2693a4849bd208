import { createClient } from '#contract/client.ts';
import { BacklotError } from '#contract/errors.ts';
import { api, type Backlot } from '#contract/index.ts';
import { browserDoor } from './connection/browser-door.ts';
import { desktopDoor } from './connection/desktop-door.ts';
import type { Door } from './connection/door.ts';

/** Where the page stands with the core. The client of an earlier connection is never used again. */
export type ConnectionState =
  | { readonly kind: 'connecting' }
  /** `directory` is the project that the shell was started in. */
  | { readonly kind: 'open'; readonly backlot: Backlot; readonly directory?: string }
  /** Tried again by itself at `retryAt`, milliseconds since the epoch. */
  | { readonly kind: 'lost'; readonly why: string; readonly retryAt: number }
  /** This tab has no key: the user opens the address that `backlot serve` printed, in this tab or in another. */
  | { readonly kind: 'unauthorized' };

/** The page's line to the core, kept up by itself. What was pending when it broke has failed with `connection-lost` and is never sent again. */
export interface Connection {
  current(): ConnectionState;
  /** Calls `listener` on every change. Answers how to stop. */
  subscribe(listener: () => void): () => void;
  /** Tries again at once. */
  retry(): void;
}

const SHORTEST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;
/** A connection that held this long was a good one: the next pause is short again. */
const GOOD_AFTER = 5_000;

/** Connects to the core: through the desktop shell where there is one, else through the server that sent this page. */
export function connect(door: Door = window.backlotDesktop ? desktopDoor(window.backlotDesktop) : browserDoor()): Connection {
  const listeners = new Set<() => void>();
  let state: ConnectionState = { kind: 'connecting' };
  let attempt = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let opening = false;

  function become(next: ConnectionState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  async function open(): Promise<void> {
    if (opening || state.kind === 'open') return;
    opening = true;
    clearTimeout(waiting);
    try {
      const { pipe, directory } = await door.open();
      const since = Date.now();
      const backlot = createClient(api, pipe);
      pipe.onClose(() => {
        if (Date.now() - since > GOOD_AFTER) attempt = 0;
        lose('The connection to Backlot was lost');
      });
      become({ kind: 'open', backlot, ...(directory !== undefined && { directory }) });
    } catch (thrown) {
      if (thrown instanceof BacklotError && thrown.code === 'unauthorized') become({ kind: 'unauthorized' });
      else lose(thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      opening = false;
    }
  }

  function lose(why: string): void {
    const pause = pauseBefore(attempt, Math.random());
    attempt += 1;
    waiting = setTimeout(() => void open(), pause);
    become({ kind: 'lost', why, retryAt: Date.now() + pause });
  }

  function retry(): void {
    attempt = 0;
    void open();
  }

  door.onUnlocked(retry);
  window.addEventListener('online', retry);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && state.kind === 'lost') retry();
  });
  void open();

  return {
    current: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retry,
  };
}

/** How long to wait before a further attempt: doubling, bounded, and spread so that many tabs do not knock at once. */
export function pauseBefore(attempt: number, random: number): number {
  return Math.min(SHORTEST_PAUSE * 2 ** attempt, LONGEST_PAUSE) * (0.8 + 0.4 * random);
}
