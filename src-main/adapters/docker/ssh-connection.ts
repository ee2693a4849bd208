import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Address } from './endpoint.ts';

type SshAddress = Extract<Address, { kind: 'ssh' }>;

/** How the docker CLI reaches an engine over ssh, with every question of ssh turned into a failure. */
function sshArguments(address: SshAddress): string[] {
  return [
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15', '-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=2', '-T'],
    ...(address.user ? ['-l', address.user] : []),
    ...(address.port ? ['-p', String(address.port)] : []),
    ...['--', address.host, 'docker'],
    ...(address.socket ? ['--host', `unix://${address.socket}`] : []),
    ...['system', 'dial-stdio'],
  ];
}

/** What ssh said before it ended without a connection. */
export class SshFailure extends Error {
  readonly exitCode: number | null;
  constructor(exitCode: number | null, said: string) {
    super(said || `ssh ended with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** One connection to an engine through `ssh … docker system dial-stdio`, in the place of a socket. It ends its process when it is destroyed. */
export class SshConnection extends Duplex {
  private readonly child: ChildProcessWithoutNullStreams;
  private said = '';

  constructor(address: SshAddress, environment: Readonly<Record<string, string | undefined>>) {
    super({ allowHalfOpen: true });
    this.child = spawn('ssh', sshArguments(address), { stdio: 'pipe', env: { ...environment }, windowsHide: true });
    this.child.once('error', (error) => this.destroy(error));
    this.child.once('close', (exitCode) => (exitCode === 0 ? this.push(null) : this.destroy(new SshFailure(exitCode, this.said.trim()))));
    this.child.stdin.on('error', () => {
      // The process has ended: its exit code tells more than this broken pipe.
    });
    this.child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) this.child.stdout.pause();
    });
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.said = (this.said + chunk.toString('utf8')).slice(-4096);
    });
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.child.stdin.write(chunk)) done();
    else this.child.stdin.once('drain', done);
  }

  override _final(done: () => void): void {
    this.child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // The other side ends when its input does; ssh itself when it is told to.
    this.child.stdin.destroy();
    this.child.stdout.destroy();
    this.child.kill('SIGTERM');
    const last = setTimeout(() => this.child.kill('SIGKILL'), 2000).unref();
    this.child.once('exit', () => clearTimeout(last));
    done(error);
  }

  /** An idle connection must not keep this process alive; node's http agent asks for that as of a socket. */
  unref(): this {
    return this.holdProcess('unref');
  }

  ref(): this {
    return this.holdProcess('ref');
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  private holdProcess(how: 'ref' | 'unref'): this {
    this.child[how]();
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) (stream as unknown as { ref?(): void; unref?(): void })[how]?.();
    return this;
  }
}
