import { describe, expect, test } from 'vitest';
import { mergeModels } from '#features/project/merge-models.ts';
import type { ResolvedModel } from '#ports/compose.ts';

const merge = (...models: readonly ResolvedModel[]) => mergeModels(models.map((model, index) => ({ component: index === 0 ? '' : model.name, model })));

describe('models', () => {
  test('that are one and the same but for the name of their Compose project merge to the first', () => {
    const model = (name: string): ResolvedModel => ({
      name,
      services: { db: { image: 'postgres', networks: { default: null, back: { aliases: ['d'] } }, volumes: [{ type: 'volume', source: 'data', target: '/d' }] } },
      networks: { default: { name: `${name}_default`, ipam: {} }, back: { name: `${name}_back`, internal: true } },
      volumes: { data: { name: `${name}_data` } },
    });
    expect(merge(model('shop'), model('pay'))).toEqual({ model: { ...model('shop'), configs: {}, secrets: {} }, origins: { db: 0 }, conflicts: [], lostDefaults: [] });
  });

  test('of one part are not touched', () => {
    const model = { name: 'shop', services: { a: { image: 'x' } }, 'x-own': 1 };
    expect(merge(model).model).toBe(model);
  });

  test('keep apart what would have one key, and mount secrets where they were', () => {
    const { model } = merge(
      { name: 'shop', services: {}, volumes: { pay_data: { name: 'shop_pay_data' } }, secrets: { key: { name: 'shop_key', file: '/a' } } },
      {
        name: 'pay',
        services: { pay: { build: { context: '.', secrets: [{ source: 'key' }] }, secrets: [{ source: 'key' }], configs: [{ source: 'c' }], volumes: [{ type: 'volume', source: 'data', target: '/d' }, { type: 'bind', source: '/data', target: '/b' }] } },
        volumes: { data: { name: 'pay_data' } }, secrets: { key: { name: 'pay_key', file: '/b' } }, configs: { c: { name: 'pay_c', file: '/c' } },
      },
    );
    expect(model.volumes).toEqual({ pay_data: { name: 'shop_pay_data' }, pay_data_: { name: 'shop_pay_data_' } });
    expect(model.services['pay']).toEqual({
      build: { context: '.', secrets: [{ source: 'pay_key', target: 'key' }] },
      secrets: [{ source: 'pay_key', target: '/run/secrets/key' }],
      configs: [{ source: 'pay_c', target: '/c' }],
      volumes: [{ type: 'volume', source: 'pay_data_', target: '/d' }, { type: 'bind', source: '/data', target: '/b' }],
    });
    expect(model['secrets']).toEqual({ key: { name: 'shop_key', file: '/a' }, pay_key: { name: 'shop_pay_key', file: '/b' } });
  });

  test('that share a service by different data do not', () => {
    const model = (name: string, driver: string): ResolvedModel => ({ name, services: { db: { image: 'postgres', volumes: [{ type: 'volume', source: 'data', target: '/d' }] } }, volumes: { data: { name: `${name}_data`, driver } } });
    expect(merge(model('shop', 'local'), model('pay', 'nfs')).conflicts).toEqual([{ kind: 'service', name: 'db', first: 0, second: 1, keys: ['volumes'] }]);
  });

  test('have the project’s own default network; what another says of its own is told', () => {
    const own = (name: string, settings: object): ResolvedModel => ({ name, services: { [name]: { image: 'x', networks: { default: null } } }, networks: { default: { name: `${name}_default`, ...settings } } });
    const { model, lostDefaults, conflicts } = merge(own('shop', { ipam: {} }), own('pay', { ipam: {}, internal: true }), own('book', {}));
    expect([model.networks, lostDefaults, conflicts]).toEqual([{ default: { name: 'shop_default', ipam: {} } }, [1], []]);
  });
});
