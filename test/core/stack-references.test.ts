import { expect, test } from 'vitest';
import { stackReferences } from '#core/stack-references.ts';

test('a stack file names files of environments, configurations and secrets, and nothing else of it is one', () => {
  const text = `x-common: &common { env_file: common.env }
x-files: &files [a.env, b.env]
services:
  app: { <<: *common, image: x, volumes: [./data:/data, { type: bind, source: ./more, target: /more }] }
  job:
    env_file: [ "one.env", ../two.env ]
  third: { env_file: *files }
  fourth: { env_file: *files }
  both: { env_file: three.env }
configs: { shop: { file: ./shop.conf }, outer: { external: true } }
secrets:
  key:
    file: 'secrets/key' # not in git
`;
  const found = stackReferences(text);
  expect(found.map(({ path }) => path)).toEqual(['secrets/key', './shop.conf', 'three.env', '../two.env', 'one.env', 'b.env', 'a.env', 'common.env']);
  expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(["'secrets/key'", './shop.conf', 'three.env', '../two.env', '"one.env"', 'b.env', 'a.env', 'common.env']);
  for (const broken of ['services: [', '', '- a', 'services: 1']) expect(stackReferences(broken)).toEqual([]);
});
