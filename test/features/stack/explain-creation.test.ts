import { describe, expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { explainCreation } from '#features/stack/explain-creation.ts';
import type { ResolvedModel } from '#ports/compose.ts';

const MODEL: ResolvedModel = {
  name: 'shop',
  services: {
    db: { volumes: [{ type: 'bind', source: '/shop/with $$ sign', target: '/data' }], container_name: 'shop-db' },
    api: { volumes: [{ type: 'bind', source: 'C:\\x', target: '/d' }, { type: 'bind', source: '/shop/x', target: 'd' }], secrets: [{ source: 'key' }, { source: 'token' }] },
    web: { secrets: [{ source: 'key' }], configs: [{ source: 'far' }] },
  },
  secrets: { key: { file: '/shop/key.pem' }, token: { environment: 'TOKEN' } },
  configs: { far: { external: true } },
};

const failed = (said: string) => new BacklotError('compose-failed', `docker compose up failed (exit code 1): ${said}`);
function explained(said: string): { message: string; fix: string | undefined } {
  const error = explainCreation(failed(said), MODEL, ['db', 'api', 'web']) as BacklotError;
  expect(error.code).toBe('compose-failed');
  return { message: error.message, fix: error.fix };
}

describe('what Compose could not make names the services, why, and what to do', () => {
  test('B29 I11: a path that is mounted and is not there, or lies below a file', () => {
    expect(explained('invalid mount config for type "bind": bind source path does not exist: /shop/with $ sign')).toEqual({ message: 'db: what is to be mounted is not there: /shop/with $ sign', fix: expect.stringMatching(/^Make it.*backlot up goes on from here\.$/) });
    expect(explained('invalid mount config for type "bind": stat /shop/with $ sign: not a directory').message).toBe('db: what is to be mounted is not there: /shop/with $ sign');
  });

  test('B30: a path of Windows, and a relative one within the container', () => {
    expect(explained("invalid volume specification: 'C:\\x:/d:rw'").message).toBe('api: C:\\x is a path of Windows, and the engine does not run there');
    expect(explained("invalid volume specification: '/shop/x:d:rw': invalid mount config for type \"bind\": invalid mount path: 'd' mount path must be absolute")).toEqual({ message: 'api: "d" is where a volume is to be mounted, and is no absolute path', fix: expect.stringContaining('"/"') });
  });

  test('B28 I11: a secret whose file or variable is not there, or that only a Swarm has', () => {
    expect(explained('invalid mount config for type "bind": bind source path does not exist: /shop/key.pem').message).toBe('api, web: the file of the secret key is not there: /shop/key.pem');
    expect(explained('environment variable "TOKEN" required by file "shop_token" is not set')).toEqual({ message: 'api: the variable TOKEN, which token is made of, is not set', fix: expect.stringContaining('.env') });
    expect(explained('unsupported external config far').message).toBe('web: the config far is external, which only a Swarm has');
  });

  test('B31: a container name that another container has', () => {
    const id = '0123456789ab'.padEnd(64, 'c');
    const conflict = (name: string) => explained(`Conflict. The container name "/${name}" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`);
    expect(conflict('shop-db')).toEqual({ message: 'db: another container, 0123456789ab, has the name shop-db already', fix: expect.stringContaining('container_name') });
    expect(conflict('shop-web-1').message).toBe('another container, 0123456789ab, has the name shop-web-1 already');
  });

  test('I11: anything else keeps its words and gets a next step; other failures stay as they are', () => {
    expect(explained('something new')).toEqual({ message: 'docker compose up failed (exit code 1): something new', fix: expect.stringContaining('backlot up') });
    const lost = new BacklotError('engine-lost', 'bind source path does not exist: /shop/key.pem');
    expect(explainCreation(lost, MODEL, ['api'])).toBe(lost);
  });
});
