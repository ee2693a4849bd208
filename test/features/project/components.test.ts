import { symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import type { Compose } from '#ports/compose.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import { viewProject } from '#features/project/view-project.ts';
import { faultLines, ProjectFolder, realCompose } from './project-folder.ts';

type Contents = Readonly<Record<string, string>>;

/** The project in `shop`, with its checkouts beside it. */
async function load(folder: ProjectFolder, environment: Readonly<Record<string, string | undefined>> = {}, compose: Compose = realCompose(environment)) {
  return createLoadProject({ compose, files: createProjectFiles(), environment })(folder.path('shop'), AbortSignal.timeout(60_000));
}

async function faults(contents: Contents): Promise<string[]> {
  using folder = new ProjectFolder(contents);
  const error = await load(folder).then(() => undefined, (thrown: unknown) => thrown);
  return faultLines(error as Parameters<typeof faultLines>[0], folder.directory);
}

const SHOP = { 'shop/backlot.yaml': 'version: 1\ncomponents: {payments: {path: ../payments}}\n', 'shop/compose.yaml': 'name: shop\nservices: {web: {image: nginx}}\n' };

describe('components', () => {
  test('bring their services along, each read in its own folder with its own .env, transitively', async () => {
    using folder = new ProjectFolder({
      ...SHOP,
      'shop/.env': 'TAG=shop\n',
      'payments/backlot.yaml': 'version: 1\ncompose: [deploy/services.yaml]\ncomponents: {ledger: {path: ../ledger}}\nnames: {suffixes: [pay.example], aliases: {pay: ["pay-{1..2}"]}, allow: [cdn.pay.example]}\n',
      'payments/deploy/services.yaml': 'services: {pay: {build: ./app, volumes: ["./data:/data"]}}\n',
      'ledger/compose.yml': 'services: {book: {image: "book:${TAG}", env_file: book.env}}\n',
      'ledger/.env': 'TAG=ledger\n',
      'ledger/book.env': 'KEY=value\n',
    });
    const project = await load(folder);
    expect(project.components).toEqual([
      { name: 'payments', directory: folder.path('payments'), services: ['pay'] },
      { name: 'ledger', directory: folder.path('ledger'), services: ['book'] },
    ]);
    expect(Object.values(project.services).map(({ name, image, component }) => [name, image, component])).toEqual([['web', 'nginx', undefined], ['pay', 'shop-pay', 'payments'], ['book', 'book:ledger', 'ledger']]);
    expect(project.services['pay']?.resolved).toMatchObject({ build: { context: folder.path('payments/deploy/app') }, volumes: [{ source: folder.path('payments/deploy/data') }] });
    expect(project.services['book']?.resolved.environment).toEqual({ KEY: 'value' });
    expect([project.suffixes, project.services['pay']?.names, project.allow, project.guard]).toEqual([['pay.example'], ['pay', 'pay-1', 'pay-2'], ['cdn.pay.example'], 'block']);
    expect(project.sets['minimal']?.services).toEqual(['web', 'pay', 'book']);
    expect(viewProject(project)).toMatchObject({ components: [{ name: 'payments', services: ['pay'] }, { name: 'ledger' }], services: [{}, { name: 'pay', component: 'payments' }, {}] });
  });

  test('may name each other, themselves and the project, and lead in circles by links', async () => {
    using folder = new ProjectFolder({
      ...SHOP,
      'payments/backlot.yaml': 'version: 1\ncomponents:\n  shop: {path: ../shop}\n  self: {path: .}\n  loop: {path: loop/loop}\n  again: {path: ../link}\n',
      'payments/compose.yaml': 'services: {pay: {image: x}}\n',
    });
    symlinkSync('.', folder.path('payments/loop'));
    symlinkSync('payments', folder.path('link'));
    const project = await load(folder);
    expect(project.components.map(({ name }) => name)).toEqual(['payments']);
    expect(Object.keys(project.services)).toEqual(['web', 'pay']);
  });

  test('may depend on services of each other, also in a circle of components', async () => {
    using folder = new ProjectFolder({
      ...SHOP,
      'shop/compose.yaml': 'name: shop\nservices: {web: {image: nginx, depends_on: [pay]}, db: {image: postgres}}\n',
      'payments/compose.yaml': 'services: {pay: {image: x, depends_on: {db: {condition: service_healthy}}}}\n',
    });
    const { sets } = await load(folder);
    expect(sets['minimal']?.services).toEqual(['db', 'pay', 'web']);
  });

  test('that include one third bring it up once, with its data', async () => {
    using folder = new ProjectFolder({
      'shop/backlot.yaml': 'version: 1\ncomponents: {a: {path: ../a}, b: {path: ../b}}\n',
      'shop/compose.yaml': 'name: shop\nservices: {web: {image: nginx}}\n',
      'a/compose.yaml': 'include: [../third/compose.yaml]\nservices: {a: {image: x, depends_on: [db]}}\n',
      'b/compose.yaml': 'include: [../third/compose.yaml]\nservices: {b: {image: x, depends_on: [db], volumes: ["data:/read", "own:/own"]}}\nvolumes: {own: {}}\n',
      'third/compose.yaml': 'services: {db: {image: postgres, volumes: ["data:/d"], secrets: [s], configs: [c], networks: [back, default]}}\nvolumes: {data: {}}\nsecrets: {s: {file: ./s}}\nconfigs: {c: {file: ./c}}\nnetworks: {back: {}}\n',
    });
    const { model, services } = await load(folder);
    expect(Object.values(services).map(({ name, component }) => [name, component])).toEqual([['web', undefined], ['a', 'a'], ['db', 'a'], ['b', 'b']]);
    expect(model.volumes).toEqual({ a_data: { name: 'shop_a_data' }, b_own: { name: 'shop_b_own' } });
    expect(model.services['b']?.['volumes']).toMatchObject([{ source: 'a_data', target: '/read' }, { source: 'b_own', target: '/own' }]);
    expect(model.services['db']).toMatchObject({ volumes: [{ source: 'a_data' }], secrets: [{ source: 'a_s', target: '/run/secrets/s' }], configs: [{ source: 'a_c', target: '/c' }] });
    expect(model.networks).toEqual({ default: { name: 'shop_default', ipam: {} }, back: { name: 'shop_back', ipam: {} } });
  });

  test('keep their data apart, and what is external or has a name of its own as it is', async () => {
    using folder = new ProjectFolder({
      'shop/backlot.yaml': 'version: 1\ncomponents: {payments: {path: ../payments}}\n',
      'shop/compose.yaml': 'name: shop\nservices: {db: {image: postgres, volumes: ["data:/d"]}}\nvolumes: {data: {}}\n',
      'payments/compose.yaml': 'services: {paydb: {image: postgres, volumes: ["data:/d", "out:/o", "named:/n"]}}\nvolumes: {data: {}, out: {external: true}, named: {name: pay}}\n',
    });
    const { model } = await load(folder);
    expect(model.volumes).toEqual({ data: { name: 'shop_data' }, payments_data: { name: 'shop_payments_data' }, out: { name: 'out', external: true }, named: { name: 'pay' } });
    expect(model.services['paydb']?.['volumes']).toMatchObject([{ source: 'payments_data' }, { source: 'out' }, { source: 'named' }]);
    expect(model.services['db']?.['volumes']).toMatchObject([{ source: 'data' }]);
  });

  test('can be all that a project has', async () => {
    using folder = new ProjectFolder({ 'shop/backlot.yaml': 'version: 1\ncomponents: {payments: {path: ../payments}}\n', 'payments/compose.yaml': 'services: {pay: {image: x}}\n' });
    const project = await load(folder);
    expect([project.name, project.composeFiles, Object.keys(project.services), project.sets['minimal']?.composeProject]).toEqual(['shop', [], ['pay'], 'shop']);
  });

  test('called alike by two files are two', async () => {
    using folder = new ProjectFolder({
      ...SHOP,
      'payments/backlot.yaml': 'version: 1\ncomponents: {payments: {path: ./inner}}\n',
      'payments/compose.yaml': 'services: {pay: {image: x}}\n',
      'payments/inner/compose.yaml': 'services: {inner: {image: x}}\n',
    });
    expect((await load(folder)).components.map(({ name }) => name)).toEqual(['payments', 'payments-2']);
  });

  test('are resolved side by side, and each once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    using folder = new ProjectFolder({
      'shop/backlot.yaml': `version: 1\ncomponents: {${names.map((name) => `${name}: {path: ../${name}}`).join(', ')}}\nsets: {minimal: {}, whole: {}}\n`,
      'shop/compose.yaml': 'services: {web: {image: nginx}}\n',
      ...Object.fromEntries(names.map((name) => [`${name}/compose.yaml`, `services: {${name}: {image: x}}\n`])),
    });
    const real = realCompose();
    const running = { now: 0, most: 0, all: 0 };
    const counted: Compose = {
      ...real,
      async resolve(...input) {
        running.most = Math.max(running.most, ++running.now);
        running.all++;
        return real.resolve(...input).finally(() => running.now--);
      },
    };
    await load(folder, {}, counted);
    expect(running.all).toBe(6);
    expect(running.most).toBeGreaterThan(1);
  });
});

describe('components that cannot be', () => {
  test('are told with their place and where to get them, all at once', async () => {
    expect(await faults({
      'shop/backlot.yaml': 'version: 1\ncomponents:\n  payments: {path: ../payments, git: "https://git.example/pay me.git", ref: v2}\n  ledger: {path: ../ledger}\n  secret: {path: ../secret, git: "https://me:hunter2@git.example/x.git"}\n',
      'shop/compose.yaml': 'services: {web: {image: nginx}}\n',
    })).toEqual([
      "component-missing: shop/backlot.yaml:3:3: The component payments is not checked out: there is no folder payments · git clone --branch v2 'https://git.example/pay me.git' payments",
      'shop/backlot.yaml:4:3: The component ledger is not checked out: there is no folder ledger · Check it out there, or mend the path.',
      'shop/backlot.yaml:5:3: The component secret is not checked out: there is no folder secret · git clone https://me:…@git.example/x.git secret'.replace('https://me:…@git.example/x.git', "'https://me:…@git.example/x.git'"),
    ]);
  });

  test('of a component are told in that one’s file', async () => {
    expect(await faults({ ...SHOP, 'payments/backlot.yaml': 'version: 1\ncomponents:\n  ledger: {path: ../ledger}\n', 'payments/compose.yaml': 'services: {pay: {image: x}}\n' })).toEqual([
      expect.stringContaining('component-missing: payments/backlot.yaml:3:3: The component ledger is not checked out'),
    ]);
  });

  test.each([
    ['has neither file', { 'payments/readme': '' }, 'config-invalid: shop/backlot.yaml:2:14: The component payments has neither backlot.yaml nor a Compose file in payments'],
    ['is a file', { payments: '' }, 'component-missing: shop/backlot.yaml:2:14: The component payments is not checked out'],
    ['has a wrong backlot.yaml', { 'payments/backlot.yaml': 'version: 2\n', 'payments/compose.yaml': 'services: {}\n' }, 'config-invalid: payments/backlot.yaml:1:10: version cannot be 2'],
    ['has a wrong Compose file', { 'payments/compose.yaml': 'services:\n  pay: {imag: x}\n' }, 'compose-invalid: payments/compose.yaml:2:9: services.pay: there is no key "imag" · Did you mean image?'],
    ['names a Compose file that is not there', { 'payments/backlot.yaml': 'version: 1\ncompose: nope.yaml\n' }, 'config-invalid: payments/backlot.yaml:2:10: There is no Compose file payments/nope.yaml'],
    ['needs a service that nobody has', { 'payments/compose.yaml': 'services:\n  pay: {image: x, depends_on: [wep]}\n' }, 'compose-invalid: payments/compose.yaml:2:19: pay depends on wep, and there is no such service · Did you mean web?'],
    ['has an alias for a service that nobody has', { 'payments/backlot.yaml': 'version: 1\nnames: {aliases: {pey: [x]}}\n', 'payments/compose.yaml': 'services: {pay: {image: x}}\n' }, 'config-invalid: payments/backlot.yaml:2:19: names.aliases.pey: there is no service "pey" · Did you mean pay?'],
  ])('a folder that %s', async (_what, contents, expected) => {
    expect((await faults({ ...SHOP, ...contents })).join('\n')).toContain(expected);
  });

  test('a link that leads nowhere but to itself', async () => {
    using folder = new ProjectFolder(SHOP);
    symlinkSync(folder.path('payments'), folder.path('payments'));
    await expect(load(folder)).rejects.toMatchObject({ code: 'config-invalid', message: `The folder of the component payments, ${folder.path('payments')}, cannot be opened`, where: { line: 2, column: 14 } });
  });

  test('declare one service or network in two ways: both places and what differs are told, and no value', async () => {
    const lines = await faults({
      'shop/backlot.yaml': 'version: 1\ncomponents: {payments: {path: ../payments}}\n',
      'shop/compose.yaml': 'services:\n  db: {image: "postgres:15", environment: {A: secret-1, B: same}, networks: [back]}\nnetworks:\n  back: {internal: true}\n',
      'payments/compose.yaml': 'services:\n  pay: {image: x}\n  db: {image: "postgres:16", environment: {A: secret-2, B: same}, networks: [back]}\nnetworks:\n  back: {}\n',
    });
    expect(lines).toEqual([
      'config-invalid: payments/compose.yaml:3:3: The service db is declared in two ways, in shop/compose.yaml:2:3 and in payments/compose.yaml:3:3: environment A, image, networks differ · Declare it alike in both, include one file in both, or rename one of them.',
      'payments/compose.yaml:5:3: The network back is declared in two ways, in shop/compose.yaml:4:3 and in payments/compose.yaml:5:3: internal differs · Declare it alike in both, or rename one of them.',
    ]);
    expect(lines.join()).not.toContain('secret');
  });

  test('give one name to services of two components', async () => {
    const lines = await faults({
      'shop/backlot.yaml': 'version: 1\ncomponents: {payments: {path: ../payments}}\nnames: {aliases: {web: [front]}}\n', 'shop/compose.yaml': 'services: {web: {image: nginx}}\n',
      'payments/backlot.yaml': 'version: 1\nnames:\n  aliases: {pay: [front]}\n', 'payments/compose.yaml': 'services: {pay: {image: x}}\n',
    });
    expect(lines).toEqual([expect.stringContaining('config-invalid: payments/backlot.yaml:3:13: In the set minimal, both web and pay have the name front')]);
  });

  test.each(['--upload-pack=touch x', 'ext::sh -c whoami', 'fd::17'])('are not cloned from %s', async (git) => {
    expect(await faults({ 'shop/backlot.yaml': `version: 1\ncomponents: {payments: {path: ../payments, git: "${git}"}}\n`, 'shop/compose.yaml': 'services: {web: {image: nginx}}\n' })).toEqual([
      expect.stringContaining('config-invalid: shop/backlot.yaml:2:49: components.payments.git cannot be'),
    ]);
  });
});
