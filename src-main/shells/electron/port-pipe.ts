import type { MessagePortMain } from 'electron';
import type { Pipe } from '#contract/wire.ts';

/** A pipe over a MessagePort of Electron: one JSON text a message. */
export function portPipe(port: MessagePortMain): Pipe {
  let closed = false;
  const closeListeners: (() => void)[] = [];
  const end = () => {
    if (closed) return;
    closed = true;
    for (const listener of closeListeners) listener();
  };
  port.on('close', end);

  return {
    send(message) {
      if (!closed) port.postMessage(JSON.stringify(message));
    },
    onMessage(listener) {
      port.on('message', ({ data }) => {
        if (typeof data === 'string') listener(JSON.parse(data));
      });
      port.start();
    },
    onClose: (listener) => void closeListeners.push(listener),
    close() {
      port.close();
      end();
    },
  };
}
