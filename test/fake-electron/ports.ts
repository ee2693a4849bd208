import { codec } from './codec.ts';
import { Emitter } from './emitter.ts';
import { NotImplemented, only } from './not-implemented.ts';

/** Where an end of a channel is: in this process, in a utility process, or in a page. Messages travel as the codec's text. */
export interface Place {
  _deliver(end: End, text: string): void;
  _ended(end: End): void;
}

let lastId = 0;

/** One end of a channel. It keeps what it is sent until it has a place. */
export class End {
  readonly id = ++lastId;
  peer: End | undefined;
  private place: Place | undefined;
  private readonly queue: string[] = [];
  private closed = false;

  /** Puts the end where `place` is; what has waited is delivered there. */
  move(place: Place | undefined): void {
    this.place = place;
    if (!place) return;
    for (const text of this.queue.splice(0)) place._deliver(this, text);
    if (this.closed) place._ended(this);
  }

  send(text: string): void {
    if (!this.closed) this.peer?.receive(text);
  }

  /** Closes the channel; the other end is told. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.peer?.endedByPeer();
  }

  private receive(text: string): void {
    setImmediate(() => {
      if (this.place) this.place._deliver(this, text);
      else this.queue.push(text);
    });
  }

  private endedByPeer(): void {
    setImmediate(() => {
      if (this.closed) return;
      this.closed = true;
      this.place?._ended(this);
    });
  }
}

const EVENTS = ['message', 'close'];

/** Electron's MessagePortMain. */
export class MessagePortMain extends Emitter implements Pick<Electron.MessagePortMain, 'start' | 'close' | 'postMessage'>, Place {
  private readonly _end: End;
  private _started = false;
  private _moved = false;
  private readonly _early: string[] = [];

  constructor(end: End) {
    super('MessagePortMain', EVENTS);
    this._end = end;
    end.move(this);
    return only('MessagePortMain', this);
  }

  _deliver(_end: End, text: string): void {
    if (this._started) this.emit('message', { data: codec.decode(text), ports: [] });
    else this._early.push(text);
  }

  _ended(): void {
    this.emit('close');
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new NotImplemented('MessagePortMain.postMessage(…, [port])');
    if (!this._moved) this._end.send(codec.encode(message));
  }

  start(): void {
    this._started = true;
    for (const text of this._early.splice(0)) this._deliver(this._end, text);
  }

  close(): void {
    this._end.close();
  }

  /** Takes the end away from this process: the port is of no use any more. */
  _handOver(): End {
    if (this._moved) throw new Error('Port at index 0 is already neutered');
    this._moved = true;
    this._end.move(undefined);
    for (const text of this._early.splice(0)) this._end.peer?.send(text);
    return this._end;
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;

  constructor() {
    const first = new End();
    const second = new End();
    first.peer = second;
    second.peer = first;
    this.port1 = new MessagePortMain(first);
    this.port2 = new MessagePortMain(second);
    return only('MessageChannelMain', this);
  }
}

/** The ends of the ports that go along with a message. */
export function handedOver(transfer: readonly unknown[] = []): End[] {
  return transfer.map((port) => {
    if (!(port instanceof MessagePortMain)) throw new TypeError('Invalid value for transfer');
    return port._handOver();
  });
}
