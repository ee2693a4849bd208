import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { env } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { docker } from '../support/backlot.ts';
import { compose, held, randomFrom, withBench, type Bench } from './rig.ts';

const answering = (text: string) => `    image: node:20-slim\n    stop_grace_period: 0s\n    expose: ["8080"]\n    command: ["node", "-e", "require('http').createServer((q, r) => r.end('${text}')).listen(8080)"]\n`;
const shop = compose({ api: answering('container'), caller: answering('caller') });
const ROUNDS = Number(env['BACKLOT_KILL_ROUNDS'] ?? 3);
const seed = Number(env['BACKLOT_KILL_SEED'] ?? 11);

const ask = (bench: Bench) => docker('exec', `${bench.name}-caller-1`, 'node', '-e', 'fetch("http://api:8080").then((r) => r.text()).catch((e) => String(e.cause?.code)).then(console.log)');
const names = async (bench: Bench) => (await docker('ps', '-a', '--filter', `label=dev.backlot.directory=${bench.directory}`, '--format', '{{.Names}} {{.State}}')).split('\n').sort();

async function withProcess(body: (port: number) => Promise<void>): Promise<void> {
  const process = createServer((_request, response) => response.end('process'));
  await new Promise<void>((resolve) => process.listen(0, '127.0.0.1', resolve));
  try {
    await body((process.address() as AddressInfo).port);
  } finally {
    process.closeAllConnections();
    process.close();
  }
}

describe('kill -9 of a swap', () => {
  test.each(['up', 'back', 'again', 'down'])('F14: at any moment is put right by %s', (mend) =>
    withBench(shop, (bench) =>
      withProcess(async (port) => {
        const random = randomFrom(seed);
        expect((await bench.run(['up', '--json'])).code).toBe(0);
        for (let round = 0; round < ROUNDS; round++) {
          const [verb, argument] = round % 3 === 2 ? ['--back', []] : ['--to', [`localhost:${port}`]];
          const run = bench.start(['swap', 'api', verb, ...argument, '--json']);
          const after = 250 + random() * 900;
          await Promise.race([run.ended, delay(after)]);
          run.kill('SIGKILL');
          await run.ended;
          const left = await names(bench);
          if (env['BACKLOT_KILL_ROUNDS']) console.log(mend, round, verb, Math.round(after), left.join(', '));
          const args = { up: ['up'], back: ['swap', 'api', '--back'], again: ['swap', 'api', '--to', `localhost:${port}`], down: ['down'] }[mend] ?? [];
          const mended = await bench.run([...args, '--json']);
          const where = `round ${round}: ${verb} killed after ${Math.round(after)} ms, which left ${left.join(', ')}`;
          expect({ where, code: mended.code, error: mended.result?.error }).toEqual({ where, code: 0, error: undefined });
          const now = await names(bench);
          if (mend === 'down') {
            expect({ where, now, networks: (await held(bench.name)).networks }).toEqual({ where, now: [''], networks: [] });
            expect((await bench.run(['up', '--json'])).code).toBe(0);
            continue;
          }
          // One of both has the name, and up leaves what it finds whole.
          const swapped = mend === 'up' ? now.includes(`${bench.name}-api-1-swap running`) : mend === 'again';
          const whole = swapped ? ['api-1 exited', 'api-1-swap running', 'api-1-swap-machine running', 'caller-1 running'] : ['api-1 running', 'caller-1 running'];
          expect({ where, now, answer: await ask(bench) }).toEqual({ where, now: whole.map((name) => `${bench.name}-${name}`), answer: swapped ? 'process' : 'container' });
          expect((await bench.run(['up', '--json'])).result).toMatchObject({ ok: true, changed: [] });
        }
      }),
    ),
  );
});
