import { utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { mayStart, MOST_CRASHES } from './crashes.ts';
import type { FromCore, ToCore } from './words.ts';

/** The process that the core runs in. It is started when it is needed, also after it crashed. */
export interface CoreProcess {
  /** Gives the core a page's end of a line. Answers why not, where the core crashes again and again. */
  open(port: MessagePortMain): { readonly failure?: string };
  /** How many operations it runs. */
  running(): Promise<number>;
  /** Cancels what runs, waits until it has cleaned up, and ends the process for good. */
  close(): Promise<void>;
}

/** The core gives cancelled work 30 s to clean up. */
const LONGEST_CLOSE = 35_000;
const LONGEST_ANSWER = 2_000;

/** Runs `entry` in a process of its own. The pages see that it has ended when their lines close. */
export function createCoreProcess(entry: string): CoreProcess {
  const crashes: number[] = [];
  let child: UtilityProcess | undefined;
  let closing = false;

  function start(): UtilityProcess | undefined {
    if (child || closing || !mayStart(crashes, Date.now())) return child;
    const started = utilityProcess.fork(entry, [], { serviceName: 'Backlot core', stdio: 'inherit' });
    // Told before an `exit` that V8 itself forced; unheard it would end the main process too.
    started.on('error', (kind, place) => console.error(`The core failed: ${kind} at ${place}`));
    started.once('exit', () => {
      child = undefined;
      if (!closing) crashes.push(Date.now());
    });
    child = started;
    return started;
  }

  const tell = (core: UtilityProcess, word: ToCore, ports: MessagePortMain[] = []) => core.postMessage(word, ports);

  return {
    open(port) {
      const core = start();
      if (!core) return { failure: `Backlot's core stopped ${MOST_CRASHES + 1} times within a minute. It is tried again in a minute.` };
      tell(core, { t: 'line' }, [port]);
      return {};
    },
    running() {
      const core = child;
      if (!core) return Promise.resolve(0);
      return new Promise((resolve) => {
        const deadline = setTimeout(() => resolve(0), LONGEST_ANSWER);
        core.once('message', (word: FromCore) => (clearTimeout(deadline), resolve(word.running)));
        tell(core, { t: 'count' });
      });
    },
    close() {
      closing = true;
      const core = child;
      if (!core) return Promise.resolve();
      return new Promise((resolve) => {
        const deadline = setTimeout(() => core.kill(), LONGEST_CLOSE);
        core.once('exit', () => (clearTimeout(deadline), resolve()));
        tell(core, { t: 'close' });
      });
    },
  };
}
