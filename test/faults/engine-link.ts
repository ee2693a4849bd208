import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket in front of the engine's that can go away, fall silent and come back, as an engine that is stopped or suspended does. */
export class EngineLink {
  readonly folder: string;
  readonly path: string;
  /** First lines of the requests that came, such as `GET /_ping HTTP/1.1`. */
  readonly seen: string[] = [];
  private server: Server | undefined;
  private readonly open = new Set<Socket>();
  private silent = false;
  private watch: { readonly pattern: RegExp; readonly act: () => void } | undefined;

  constructor(folder: string) {
    this.folder = folder;
    this.path = join(folder, 'docker.sock');
  }

  get environment(): Record<string, string> {
    return { DOCKER_HOST: `unix://${this.path}`, DOCKER_CONTEXT: '' };
  }

  async up(): Promise<void> {
    this.silent = false;
    const server = createServer((socket) => this.accept(socket));
    this.server = server;
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.path, resolve));
  }

  /** Breaks every connection and takes none, until `up`. */
  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    for (const socket of this.open) socket.destroy();
    await closed;
  }

  /** Connections are taken, and nothing passes any more, in either direction. */
  freeze(): void {
    this.silent = true;
    for (const socket of this.open) socket.pause();
  }

  thaw(): void {
    this.silent = false;
    for (const socket of this.open) socket.resume();
  }

  /** Acts once, when a request like this comes; the request itself still passes unless `act` prevents it. */
  once(pattern: RegExp, act: () => void): void {
    this.watch = { pattern, act };
  }

  private accept(client: Socket): void {
    const engine = createConnection('/var/run/docker.sock');
    this.join(client, engine, (chunk) => this.look(chunk));
    this.join(engine, client, () => {});
  }

  private join(from: Socket, to: Socket, look: (chunk: Buffer) => void): void {
    this.open.add(from);
    if (this.silent) from.pause();
    from.on('data', (chunk: Buffer) => {
      look(chunk);
      to.write(chunk);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.open.delete(from);
      to.destroy();
    });
  }

  private look(chunk: Buffer): void {
    const [line = ''] = chunk.subarray(0, 300).toString('latin1').split('\r\n');
    if (!/^[A-Z]+ \//.test(line)) return;
    this.seen.push(line);
    const { watch } = this;
    if (!watch?.pattern.test(line)) return;
    this.watch = undefined;
    watch.act();
  }
}

/** Runs with a link to the engine that is up. */
export async function withLink<Result>(body: (link: EngineLink) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'bf-link-'));
  const link = new EngineLink(folder);
  await link.up();
  try {
    return await body(link);
  } finally {
    await link.down();
    await rm(folder, { recursive: true, force: true });
  }
}
