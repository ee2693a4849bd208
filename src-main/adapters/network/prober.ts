import { connect, type Socket } from 'node:net';
import type { ProbeResult, Prober, ProbeTarget } from '#ports/prober.ts';
import { PROTOCOLS, type Protocol } from './protocols.ts';

/** A forwarder in front of a container accepts and then hangs up when nothing listens behind it: a connection must last this long. */
const LINGER = 30;

/** Probes over TCP from this machine. */
export function createProber(): Prober {
  return {
    async probe(kind, at, signal) {
      const protocol = PROTOCOLS[kind];
      const result = await probe(protocol, at, signal);
      return result === hungUp && protocol?.guessed ? probe(undefined, at, signal) : result;
    },
  };
}

function probe(protocol: Protocol | undefined, { address, port, timeout }: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true });
    const answer: Buffer[] = [];
    let linger: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => finish({ ok: false, why: answer.length > 0 ? 'answers too slowly' : 'no answer' }), timeout);
    const onAbort = () => {
      clean();
      reject(signal.reason as Error);
    };
    const clean = () => {
      clearTimeout(timer);
      clearTimeout(linger);
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners().on('error', () => {}).destroy();
    };
    const finish = (result: ProbeResult) => {
      clean();
      resolve(result);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code === 'ECONNRESET' ? hungUp : { ok: false, why: inWords(error) }));
    socket.on('close', () => finish(protocol && answer.length > 0 ? protocol.judge(Buffer.concat(answer), true) ?? hungUp : hungUp));
    socket.on('connect', () => {
      greet(socket, protocol);
      if (!protocol) linger = setTimeout(() => finish({ ok: true }), LINGER);
    });
    socket.on('data', (chunk) => {
      if (!protocol) return finish({ ok: true });
      answer.push(chunk);
      const result = protocol.judge(Buffer.concat(answer), false);
      if (result) finish(result);
    });
  });
}

const hungUp: ProbeResult = { ok: false, why: 'hangs up' };

function greet(socket: Socket, protocol: Protocol | undefined): void {
  if (protocol?.greeting) socket.write(protocol.greeting);
}

function inWords(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nothing listens yet';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'its address cannot be reached yet';
    default:
      return error.message;
  }
}
