import { StringDecoder } from 'node:string_decoder';

/** Characters after which a line is passed on although it has not ended. */
const LONGEST_LINE = 64 * 1024;

/** Cuts bytes into lines as they come; UTF-8 that is split between chunks is put together, a bad byte becomes U+FFFD. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private readonly onLine: (line: string) => void;
  private rest = '';

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  push(chunk: Buffer): void {
    const lines = (this.rest + this.decoder.write(chunk)).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (this.rest.length > LONGEST_LINE) this.flush();
  }

  /** Passes on what has no line end. */
  end(): void {
    this.rest += this.decoder.end();
    this.flush();
  }

  private flush(): void {
    if (this.rest) this.onLine(this.rest);
    this.rest = '';
  }
}
