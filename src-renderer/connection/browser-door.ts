import { BacklotError } from '#contract/errors.ts';
import type { Pipe } from '#contract/wire.ts';
import { PipeEvents, type Door } from './door.ts';
import { createKeyring, type Keyring } from './keyring.ts';

const PROTOCOL = 'backlot.v1';
/** The server's word for a key that it no longer knows. */
const REVOKED = 4401;

/** The way in through the server that sent this page. */
export function browserDoor(keyring: Keyring = createKeyring()): Door {
  return {
    async open() {
      const key = await keyring.find();
      if (key === undefined) throw unauthorized();
      const response = await fetch('/api/session', { headers: { authorization: `Bearer ${key}` }, cache: 'no-store' });
      if (response.status === 401) {
        keyring.drop(key);
        throw unauthorized();
      }
      if (!response.ok) throw new BacklotError('connection-lost', `Backlot answered ${response.status}`);
      const { directory } = (await response.json()) as { readonly directory?: string };
      return { pipe: await openPipe(key, keyring), directory };
    },
    onUnlocked: (listener) => keyring.onFound(listener),
  };
}

function openPipe(key: string, keyring: Keyring): Promise<Pipe> {
  const events = new PipeEvents();
  const socket = new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}/ws`, [PROTOCOL, `bearer.${key}`]);
  const pipe: Pipe = {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => events.onMessage(listener),
    onClose: (listener) => events.onClose(listener),
    close: () => socket.close(),
  };
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(pipe);
    socket.onmessage = ({ data }) => events.receive(String(data));
    socket.onclose = ({ code }) => {
      if (code === REVOKED) keyring.drop(key);
      events.close();
      reject(new BacklotError('connection-lost', 'Backlot does not answer'));
    };
  });
}

function unauthorized(): BacklotError {
  return new BacklotError('unauthorized', 'This tab has no key', { fix: 'Open the address that `backlot serve` printed.' });
}
