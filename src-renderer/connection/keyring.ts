/**
 * The key that opens the server to this tab. It lives in `sessionStorage`, which knows ports apart where cookies do not:
 * a container that serves a page on another port of this machine never sees it.
 */
export interface Keyring {
  /** The key: from the one-time code in the address, else the one this tab has, else another tab's. */
  find(): Promise<string | undefined>;
  /** Forgets a key that the server refused. */
  drop(key: string): void;
  /** Calls `listener` when a key has come after `find` had found none. */
  onFound(listener: () => void): void;
}

const STORED = 'backlot.key';
const KEY = /^[\w-]{43}$/;
const CODE = /^#k=([\w-]{20,100})$/;
/** How long another tab has to answer, in milliseconds. */
const PATIENCE = 250;

type Word = { readonly ask: true } | { readonly key: string };

export function createKeyring(channel = new BroadcastChannel('backlot.keys')): Keyring {
  const found = new Set<() => void>();
  const refused = new Set<string>();
  let code: string | undefined;
  let exchanging: Promise<void> | undefined;

  const stored = () => sessionStorage.getItem(STORED) ?? undefined;
  function keep(key: string): void {
    sessionStorage.setItem(STORED, key);
    for (const listener of found) listener();
  }

  channel.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    const mine = stored();
    if ('ask' in data && mine !== undefined) channel.postMessage({ key: mine } satisfies Word);
    if ('key' in data && mine === undefined && KEY.test(data.key) && !refused.has(data.key)) keep(data.key);
  });

  /** The code is taken out of the address at once, so that it stays in no history and no bookmark. */
  async function exchange(): Promise<void> {
    const fresh = CODE.exec(location.hash)?.[1];
    if (fresh !== undefined) history.replaceState(history.state, '', location.pathname + location.search);
    code = fresh ?? code;
    if (code === undefined) return;
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    code = undefined;
    if (!response.ok) return;
    const { key } = (await response.json()) as { readonly key: string };
    channel.postMessage({ key } satisfies Word);
    keep(key);
  }

  async function askOtherTabs(): Promise<void> {
    channel.postMessage({ ask: true } satisfies Word);
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        found.delete(done);
        resolve();
      };
      const timer = setTimeout(done, PATIENCE);
      found.add(done);
    });
  }

  /** One exchange at a time: a second one would find the code used. */
  const exchangeOnce = () => (exchanging ??= exchange().finally(() => (exchanging = undefined)));
  window.addEventListener('hashchange', () => void exchangeOnce().catch(() => {}));

  return {
    async find() {
      await exchangeOnce();
      if (stored() === undefined) await askOtherTabs();
      return stored();
    },
    drop(key) {
      refused.add(key);
      if (stored() === key) sessionStorage.removeItem(STORED);
    },
    onFound: (listener) => void found.add(listener),
  };
}
