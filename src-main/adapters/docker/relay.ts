import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { EngineRelay, EngineRelays, RelayMarks } from '#ports/engine-relay.ts';
import { makesSomething, markBody, markHead, parseHead, wholeBody, writeHead } from './relay-request.ts';

const LONGEST_HEAD = 64 * 1024;
const LONGEST_BODY = 16 * 1024 ** 2;
/** Milliseconds in which the engine may end what it has begun. */
const GRACE = 10_000;

/** Sockets that lead to the engine at an address and label what is made through them. They lie where their paths are short, as paths of sockets have to be. */
export function createEngineRelays({ endpoint, folder = tmpdir() }: { readonly endpoint: () => string; readonly folder?: string }): EngineRelays {
  const prefixOf = (run: string) => `backlot-${run}-`;
  return {
    socketOf: (run, stage) => path.join(folder, `${prefixOf(run)}${createHash('sha256').update(stage).digest('hex').slice(0, 8)}`, 'docker.sock'),
    open: (socket, marks) => openRelay(socket, endpoint().replace(/^unix:\/\//, ''), marks),
    async forget(run) {
      const left = (await readdir(folder)).filter((name) => name.startsWith(prefixOf(run)));
      await Promise.all(left.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
    },
  };
}

async function openRelay(socket: string, engine: string, marks: RelayMarks): Promise<EngineRelay> {
  const open = new Set<Relayed>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const relayed = new Relayed(client, engine, marks);
    open.add(relayed);
    void relayed.ended.then(() => open.delete(relayed));
  });
  await mkdir(path.dirname(socket), { mode: 0o700 });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  // Whoever the suite runs as may use it; the folder keeps everybody else of this machine out.
  await chmod(socket, 0o666);
  return {
    async close() {
      server.close();
      await Promise.race([Promise.all([...open].map((one) => one.finish())), pause(GRACE, undefined, { ref: false })]);
      for (const one of open) one.destroy();
      await rm(path.dirname(socket), { recursive: true, force: true });
    },
  };
}

/** One connection, which carries one request and whatever becomes of it. */
class Relayed {
  readonly ended: Promise<void>;
  private readonly client: Socket;
  private readonly engine: string;
  private readonly marks: RelayMarks;
  private received: Buffer = Buffer.alloc(0);
  private upstream: Socket | undefined;
  private makes = false;

  constructor(client: Socket, engine: string, marks: RelayMarks) {
    this.client = client;
    this.engine = engine;
    this.marks = marks;
    this.ended = new Promise((resolve) => client.once('close', () => resolve()));
    client.on('error', () => this.destroy());
    client.once('close', () => this.upstream?.destroy());
    client.on('data', this.take);
    client.once('end', this.leave);
  }

  /** Ends at once, but for what makes something: the engine has its answer ready first. */
  async finish(): Promise<void> {
    if (!this.makes) this.destroy();
    await this.ended;
  }

  destroy(): void {
    this.client.destroy();
    this.upstream?.destroy();
  }

  private readonly leave = () => this.destroy();

  private readonly take = (chunk: Buffer): void => {
    this.received = Buffer.concat([this.received, chunk]);
    const end = this.received.indexOf('\r\n\r\n');
    if (end === -1) return this.received.length > LONGEST_HEAD ? this.refuse() : undefined;
    const head = parseHead(this.received.subarray(0, end).toString('latin1'));
    if (!head) return this.refuse();
    const rest = this.received.subarray(end + 4);
    const marked = markHead(head, this.marks);
    if (!makesSomething(head)) return this.pass(Buffer.concat([Buffer.from(writeHead(marked), 'latin1'), rest]));
    const body = wholeBody(head, rest);
    if (!body) return rest.length > LONGEST_BODY ? this.refuse() : undefined;
    this.makes = true;
    const request = markBody(marked, body, this.marks);
    return this.pass(Buffer.concat([Buffer.from(writeHead(request.head), 'latin1'), request.body]));
  };

  /** From here on bytes go through as they are, in both directions, each of which ends by itself. */
  private pass(first: Buffer): void {
    const { client } = this;
    client.off('data', this.take).off('end', this.leave).pause();
    const upstream = createConnection({ path: this.engine, allowHalfOpen: true });
    this.upstream = upstream;
    // An engine that has not read the whole request breaks the connection after its answer, which has come by then.
    upstream.on('error', () => client.destroySoon());
    upstream.once('close', () => client.destroySoon());
    upstream.write(first);
    client.pipe(upstream).pipe(client);
  }

  private refuse(): void {
    this.client.off('data', this.take).end('HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }
}
