import { EventEmitter } from 'node:events';
import { NotImplemented } from './not-implemented.ts';

/** An emitter of known events: listening for another one throws, because it would never come. */
export class Emitter extends EventEmitter {
  constructor(name: string, events: readonly string[]) {
    super();
    this.setMaxListeners(0);
    Object.defineProperty(this, '_known', { value: { name, events: new Set(events) } });
  }

  override on(event: string | symbol, listener: (...parameters: never[]) => void): this {
    this._check(event);
    return super.on(event, listener as (...parameters: unknown[]) => void);
  }

  override once(event: string | symbol, listener: (...parameters: never[]) => void): this {
    this._check(event);
    return super.once(event, listener as (...parameters: unknown[]) => void);
  }

  private _check(event: string | symbol): void {
    const { name, events } = (this as unknown as { _known: { name: string; events: Set<string> } })._known;
    if (typeof event === 'string' && event !== 'newListener' && !events.has(event)) throw new NotImplemented(`${name}.on('${event}')`);
  }
}

/** An event that a listener may refuse. */
export function refusable<More extends object>(more: More): More & { defaultPrevented: boolean; preventDefault(): void } {
  const event = {
    ...more,
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true;
    },
  };
  return event;
}
