import { pathToFileURL } from 'node:url';
import { codec } from './codec.ts';
import { Emitter } from './emitter.ts';
import { provideElectron } from './module-hook.ts';
import { only } from './not-implemented.ts';
import { End, MessagePortMain, type Place } from './ports.ts';
import type { FromUtility, ToUtility } from './utility-words.ts';

/** What a utility process runs first: it gives the entry its `process.parentPort`. */
const tell = (word: FromUtility) => void process.send?.(word, () => {});
const ends = new Map<number, End>();

class ParentPort extends Emitter implements Pick<Electron.ParentPort, 'postMessage'> {
  constructor() {
    super('parentPort', ['message']);
  }

  postMessage(message: unknown): void {
    tell({ t: 'message', data: codec.encode(message) });
  }
}

/** The far end of a port in this process: what it is sent goes through the main process. */
function portOf(id: number): MessagePortMain {
  const here = new End();
  const there = new End();
  here.peer = there;
  there.peer = here;
  const away: Place = {
    _deliver: (_end, data) => tell({ t: 'port', id, data }),
    _ended: () => {
      ends.delete(id);
      tell({ t: 'port-close', id });
    },
  };
  there.move(away);
  ends.set(id, there);
  return new MessagePortMain(here);
}

const parentPort = only('parentPort', new ParentPort());
const early: (() => void)[] = [];
let listened = false;
parentPort.on('newListener', () => {
  if (listened) return;
  listened = true;
  setImmediate(() => early.splice(0).forEach((deliver) => deliver()));
});

process.on('message', (word: ToUtility) => {
  switch (word.t) {
    case 'message': {
      const ports = word.ports.map((id) => portOf(id));
      const deliver = () => void parentPort.emit('message', { data: codec.decode(word.data), ports });
      if (listened && early.length === 0) deliver();
      else early.push(deliver);
      return;
    }
    case 'port':
      return ends.get(word.id)?.send(word.data);
    case 'port-close':
      ends.get(word.id)?.close();
      return void ends.delete(word.id);
    default:
      word satisfies never;
  }
});
// Electron's own processes end with the main one.
process.on('disconnect', () => process.exit(1));

Object.defineProperty(process, 'parentPort', { value: parentPort });
Object.defineProperty(process, 'type', { value: 'utility' });
provideElectron({});
const entry = process.argv[2] ?? '';
process.argv.splice(1, 1);
await import(pathToFileURL(entry).href);
