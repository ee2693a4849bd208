import type { Explanation, HostNames, Miss, NameView } from '#contract/names.ts';
import type { ProjectView } from '#contract/project.ts';

const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();

export const SUFFIXES = ['us-east-1.shop.example', 'shop.internal.example'];

const PORTS: Readonly<Record<string, number[]>> = { db: [5432], cache: [6379], broker: [5672, 15672], search: [9200], catalogue: [8081], orders: [8082], storefront: [8080], edge: [80, 443] };

const ALIASES: readonly (readonly [service: string, name: string, reason: NameView['reason']])[] = [
  ['db', 'pg-main-node-1', 'alias'],
  ['db', 'pg-main-node-2', 'alias'],
  ['broker', 'events.rabbit', 'compose'],
  ['catalogue', 'catalogue-api', 'compose'],
  ['storefront', 'www', 'alias'],
  ['orders', 'checkout', 'group'],
  ['catalogue', 'checkout', 'group'],
  ['mongodb-cluster-a-node-1', 'mongodb-cluster-a-node-2', 'stand-in'],
  ['mongodb-cluster-a-node-1', 'mongodb-cluster-a-node-3', 'stand-in'],
];

/** What a set of the made-up project answers to; `up` says whether it has addresses. */
export function nameList(project: ProjectView, set: string, up: boolean, guard = 'block') {
  const members = project.sets.find(({ name }) => name === set)?.members.map(({ service }) => service) ?? [];
  const owned = [...members.map((service) => [service, service, 'service'] as const), ...ALIASES.filter(([service]) => members.includes(service))];
  const names = owned.flatMap(([service, name, reason]) =>
    ['', ...SUFFIXES.map((suffix) => `.${suffix}`)].map((suffix) => ({
      name: name + suffix,
      service,
      set,
      reason,
      ports: PORTS[service] ?? (service.startsWith('mongo') ? [27017] : []),
      ...(up && { container: `10.213.4.${members.indexOf(service) + 2}`, host: set === 'minimal' ? '127.0.0.1' : `127.23.4.${members.indexOf(service) + 2}` }),
    })),
  );
  return { schema: 1, guard, suffixes: SUFFIXES, allow: ['*.cdn.shop.example'], names };
}

const miss = (name: string, caller: string, asked: { readonly count: number; readonly secondsAgo: number }, more: Partial<Miss> = {}): Miss => ({
  name,
  caller,
  set: 'minimal',
  count: asked.count,
  last: at(asked.secondsAgo),
  types: ['A', 'AAAA'],
  kind: 'blocked',
  ...more,
});

/** Names that the made-up services asked for in vain. */
export const MISSES: readonly Miss[] = [
  miss('pay.us-east-1.shop.example', 'catalogue', { count: 14, secondsAgo: 3 }),
  miss('pg-main-node-3.us-east-1.shop.example', 'storefront', { count: 2, secondsAgo: 48 }),
  miss('_mongodb._tcp.mongodb-cluster-b.us-east-1.shop.example', 'storefront', { count: 1, secondsAgo: 190 }, { types: ['SRV', 'TXT'], set: 'production-like' }),
  miss('metrics.shop.internal.example', 'catalogue', { count: 230, secondsAgo: 260 }, { kind: 'bypassed', types: ['A'] }),
  miss('flags.us-east-1.shop.example', '10.213.4.19', { count: 5, secondsAgo: 900 }),
];

/** What the made-up core says of a name. */
export function explain(name: string, from: string | undefined): Explanation {
  const asker = from === undefined ? {} : { from };
  if (name.startsWith('pay')) {
    return {
      schema: 1,
      name,
      ...asker,
      verdict: 'blocked',
      steps: [
        `${from ?? 'catalogue'} asks 127.0.0.11, Docker’s own resolver, for A and AAAA of ${name}`,
        'No container of the network has that name, so Docker asks the guard at 10.213.4.254',
        'The name ends in us-east-1.shop.example, a suffix of this project, and neither an alias nor `names.allow` mentions it',
        'The guard answers that the name does not exist, and writes the miss down',
      ],
    };
  }
  return {
    schema: 1,
    name,
    ...asker,
    verdict: 'owned',
    owner: 'mongodb-cluster-a-node-1',
    address: '10.213.4.6',
    steps: [
      `${from ?? 'orders'} asks 127.0.0.11, Docker’s own resolver, for ${name}`,
      'The set minimal leaves mongodb-cluster-a-node-2 out; mongodb-cluster-a-node-1 is its stand-in',
      'Docker answers 10.213.4.6, the address of mongodb-cluster-a-node-1 in the network shop_default, in 0.3 ms',
    ],
  };
}

/** How the made-up machine resolves the suffixes. */
export function hostNames(state: HostNames['state']): HostNames {
  return {
    schema: 1,
    state,
    mechanism: 'systemd-resolved',
    resolver: { address: '127.0.0.54', port: 5354 },
    changes: [
      {
        what: '/etc/systemd/resolved.conf.d/backlot.conf',
        now: '',
        then: '# Written by backlot names install; backlot names uninstall removes it\n[Resolve]\nDNS=127.0.0.54:5354\nDomains=~us-east-1.shop.example ~shop.internal.example\n',
      },
      { what: '/etc/nsswitch.conf', now: 'group:          files\n\nhosts:          files dns\nnetworks:       files\n', then: 'group:          files\n\nhosts:          files resolve [!UNAVAIL=return] dns\nnetworks:       files\n' },
    ],
  };
}
