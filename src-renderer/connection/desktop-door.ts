import { PipeEvents, type Door } from './door.ts';

type Line = { readonly directory?: string; send(text: string): void; close(): void };

/** What the desktop shell's preload gives the page: nothing but a line of text to the core. */
export interface Desktop {
  connect(onText: (text: string) => void, onClose: () => void): Promise<Line>;
}

declare global {
  interface Window {
    readonly backlotDesktop?: Desktop;
  }
}

/** The way in through the desktop shell. It needs no key: the shell has checked who asks. */
export function desktopDoor(desktop: Desktop): Door {
  return {
    async open() {
      const events = new PipeEvents();
      const line = await desktop.connect(
        (text) => events.receive(text),
        () => events.close(),
      );
      const pipe = {
        send: (message: unknown) => line.send(JSON.stringify(message)),
        onMessage: (listener: (message: unknown) => void) => events.onMessage(listener),
        onClose: (listener: () => void) => events.onClose(listener),
        close: () => {
          if (events.close()) line.close();
        },
      };
      return { pipe, directory: line.directory };
    },
    onUnlocked: () => {},
  };
}
