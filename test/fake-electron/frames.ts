import { EventEmitter } from 'node:events';
import { only } from './not-implemented.ts';

/** Maps our schemes to addresses that Chromium takes for secure and standard ones, and back. */
export function toChromium(address: string, schemes: ReadonlySet<string>): string {
  const [, scheme, host, rest] = /^([\w+.-]+):\/\/([^/?#]*)(.*)$/s.exec(address) ?? [];
  return scheme !== undefined && schemes.has(scheme) ? `https://${host}.${scheme}.electron.invalid${rest}` : address;
}

export function fromChromium(address: string): string {
  return address.replace(/^https:\/\/([^/]+)\.([\w+-]+)\.electron\.invalid/, '$2://$1');
}

/** Electron's WebFrameMain: a frame of a page. */
export class WebFrameMain extends EventEmitter implements Pick<Electron.WebFrameMain, 'url'> {
  readonly _id: string;
  readonly _parentId: string | undefined;
  private readonly _frames: ReadonlyMap<string, WebFrameMain>;
  _address = '';

  constructor(id: string, parentId: string | undefined, frames: ReadonlyMap<string, WebFrameMain>) {
    super();
    this._id = id;
    this._parentId = parentId;
    this._frames = frames;
    return only('WebFrameMain', this);
  }

  get url(): string {
    return fromChromium(this._address);
  }

  get parent(): WebFrameMain | null {
    return (this._parentId === undefined ? undefined : this._frames.get(this._parentId)) ?? null;
  }
}
