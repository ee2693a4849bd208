import type { ServiceKind } from '#contract/project.ts';
import type { ProbeResult } from '#ports/prober.ts';

/** The first words of a protocol, and what an answer to them means. */
export type Protocol = {
  /** Sent on connect; absent where the server speaks first. */
  readonly greeting?: Uint8Array;
  /** What the bytes so far say, or nothing where more are needed. `ended`: no more will come. */
  readonly judge: (answer: Buffer, ended: boolean) => ProbeResult | undefined;
  /** It was concluded from the port alone: a server that hangs up on it may speak another one. */
  readonly guessed?: true;
};

const ok: ProbeResult = { ok: true };
const no = (why: string): ProbeResult => ({ ok: false, why });

/** PostgreSQL, frontend/backend protocol 3.0: a startup message for a user that need not exist; any refusal but "starting up" comes from a server at work. */
const postgres: Protocol = {
  greeting: startupMessage({ user: 'backlot', database: 'backlot', application_name: 'backlot probe' }),
  judge(answer, ended) {
    if (answer.length === 0) return undefined;
    if (answer[0] === 0x52) return ok;
    if (answer[0] !== 0x45) return no('does not speak PostgreSQL');
    if (answer.length < 5 || answer.length < 1 + answer.readInt32BE(1)) return ended ? no('hangs up') : undefined;
    const code = errorField(answer, 'C');
    return code === '57P03' || code === '57P01' ? no(errorField(answer, 'M') ?? 'is starting up') : ok;
  },
};

/** MySQL and MariaDB speak first: a handshake of protocol 10 (0x0a), or an error packet (0xff) such as "too many connections". */
const mysql: Protocol = {
  judge(answer) {
    if (answer.length < 5) return undefined;
    return answer[4] === 0x0a || answer[4] === 0xff ? ok : no('does not speak the MySQL protocol');
  },
};

/** Redis, RESP: PING is answered +PONG, or -NOAUTH by a server that is up; -LOADING and -MASTERDOWN are not ready. */
const redis: Protocol = {
  greeting: Buffer.from('PING\r\n'),
  judge(answer) {
    const text = answer.toString('latin1');
    if (!text.includes('\r\n')) return undefined;
    if (text.startsWith('+PONG') || text.startsWith('-NOAUTH') || text.startsWith('-DENIED')) return ok;
    return no(text.slice(0, 100).trim());
  },
};

/** AMQP 0-9-1: the protocol header is answered by Connection.Start, a method frame (type 1). */
const rabbitmq: Protocol = {
  greeting: Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]),
  judge: (answer) => (answer.length === 0 ? undefined : answer[0] === 1 ? ok : no('does not speak AMQP 0-9-1')),
};

const memcached: Protocol = {
  greeting: Buffer.from('version\r\n'),
  judge: (answer) => (answer.includes('\r\n') ? (answer.toString('latin1').startsWith('VERSION') ? ok : no('does not speak the memcached protocol')) : undefined),
};

/** Any HTTP answer but a 503 shows a server at work; so does an answer in anything else, such as TLS or gRPC. */
const http: Protocol = {
  guessed: true,
  greeting: Buffer.from('GET / HTTP/1.0\r\nHost: localhost\r\nUser-Agent: backlot-probe\r\n\r\n'),
  judge(answer, ended) {
    const line = /^HTTP\/\d\.\d (\d{3})/.exec(answer.toString('latin1', 0, 64));
    if (line) return line[1] === '503' ? no('answers 503') : ok;
    return ended || answer.length >= 16 ? ok : undefined;
  },
};

/** By kind; kinds that are missing here are only connected to. */
export const PROTOCOLS: Partial<Record<ServiceKind, Protocol>> = { postgres, mysql, mariadb: mysql, redis, rabbitmq, memcached, elasticsearch: http, nginx: http, http };

function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.from(`${Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`).join('')}\0`, 'latin1');
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}

function errorField(message: Buffer, type: string): string | undefined {
  const fields = message.toString('latin1', 5).split('\0');
  return fields.find((field) => field.startsWith(type))?.slice(1);
}
