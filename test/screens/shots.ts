import type { Page } from '@playwright/test';

/** One picture: the made-up state it shows, where in the page, and what is done before it is taken. */
export type Shot = { readonly name: string; readonly scenario: string; readonly path?: string; readonly act?: (page: Page) => Promise<unknown> };

const chooseSet = (set: string) => async (page: Page) => {
  await page.getByRole('button', { name: /^Set:/ }).click();
  await page.getByRole('menuitem', { name: new RegExp(`^${set}`) }).click();
};

const graph = (page: Page) => page.getByText('Graph', { exact: true }).click();

export const SHOTS: readonly Shot[] = [
  { name: 'services', scenario: 'up' },
  { name: 'service panel', scenario: 'up', path: '/services/db' },
  { name: 'running', scenario: 'running', act: chooseSet('production-like') },
  { name: 'running, graph', scenario: 'running', act: async (page) => { await chooseSet('production-like')(page); await page.getByText('Graph', { exact: true }).click(); } },
  { name: 'failed', scenario: 'failed', act: chooseSet('production-like') },
  { name: 'failed, panel', scenario: 'failed', path: '/services/catalogue', act: chooseSet('production-like') },
  { name: 'down, plan', scenario: 'down' },
  { name: 'many services', scenario: 'many' },
  { name: 'many services, graph', scenario: 'many', act: graph },
  { name: 'graph', scenario: 'swapped', act: graph },
  { name: 'graph, chosen', scenario: 'swapped', path: '/services/catalogue', act: graph },
  { name: 'topology', scenario: 'topology', act: graph },
  { name: 'topology, opened', scenario: 'topology', act: async (page) => { await graph(page); await page.getByRole('button', { name: /^Open \d+ clusters/ }).click(); } },
  { name: 'switch, plan', scenario: 'up', act: chooseSet('production-like') },
  { name: 'switch, other down', scenario: 'up', act: async (page) => { await chooseSet('production-like')(page); await page.getByLabel('Also bring minimal down, before').check(); } },
  { name: 'guard banner', scenario: 'misses' },
  { name: 'guard banner, aliased', scenario: 'misses', act: async (page) => { await page.getByRole('button', { name: 'Alias of…' }).click(); await page.getByRole('option', { name: 'orders' }).click(); await page.getByText('backlot.yaml:14').waitFor(); } },
  { name: 'swapped', scenario: 'swapped' },
  { name: 'swapped, panel', scenario: 'swapped', path: '/services/catalogue' },
  { name: 'swap dialog', scenario: 'up', act: async (page) => { await page.getByRole('button', { name: 'More for catalogue' }).click(); await page.getByRole('menuitem', { name: /^Swap for/ }).click(); await page.getByRole('button', { name: 'Swap', exact: true }).waitFor(); } },
  { name: 'swap done', scenario: 'up', act: async (page) => { await page.getByRole('button', { name: 'More for catalogue' }).click(); await page.getByRole('menuitem', { name: /^Swap for/ }).click(); await page.getByRole('button', { name: 'Swap', exact: true }).click(); await page.getByText('now goes to your process').waitFor(); } },
  { name: 'names', scenario: 'up', path: '/names' },
  { name: 'names, misses', scenario: 'misses', path: '/names/why/pay.us-east-1.shop.example/catalogue' },
  { name: 'names, opened', scenario: 'up', path: '/names/why/mongodb-cluster-a-node-2', act: (page) => page.getByRole('button', { name: /^pg-main-node-1/ }).click() },
  { name: 'names, alias menu', scenario: 'misses', path: '/names', act: (page) => page.getByRole('button', { name: 'Alias of…' }).first().click() },
  { name: 'names, many', scenario: 'topology', path: '/names' },
  { name: 'names, install', scenario: 'up', path: '/names', act: (page) => page.getByRole('button', { name: 'Install…' }).click() },
  { name: 'names, none', scenario: 'nonames', path: '/names' },
  { name: 'names, loading', scenario: 'namesloading', path: '/names' },
  { name: 'names, engine down', scenario: 'namesdown', path: '/names' },
  { name: 'set menu', scenario: 'up', act: (page) => page.getByRole('button', { name: /^Set:/ }).click() },
  { name: 'service menu', scenario: 'up', act: async (page) => { await page.getByRole('button', { name: 'More for catalogue' }).click(); await page.getByRole('menuitem', { name: 'Copy as command' }).hover(); } },
  { name: 'palette', scenario: 'up', act: async (page) => { await page.keyboard.press('Control+k'); await page.getByRole('textbox', { name: /search/i }).fill('cata'); } },
  { name: 'shortcuts', scenario: 'up', act: (page) => page.keyboard.press('?') },
  { name: 'engine card', scenario: 'up', act: (page) => page.getByRole('button', { name: /^Engine:/ }).click() },
  { name: 'loading', scenario: 'loading' },
  { name: 'asking the engine', scenario: 'asking' },
  { name: 'engine connecting', scenario: 'connecting' },
  { name: 'engine slow', scenario: 'slow' },
  { name: 'engine down', scenario: 'enginedown' },
  { name: 'connection lost', scenario: 'lost', act: (page) => page.getByText('The connection to Backlot was lost').waitFor() },
  { name: 'unauthorized', scenario: 'unauthorized' },
  { name: 'no project', scenario: 'empty' },
  { name: 'broken file', scenario: 'broken' },
  { name: 'component missing', scenario: 'missing' },
  { name: 'logs', scenario: 'up', path: '/logs' },
  { name: 'activity', scenario: 'failed', path: '/activity' },
  { name: 'activity, one', scenario: 'failed', path: '/activity/op-8' },
  { name: 'activity, running', scenario: 'running', path: '/activity/op-9' },
  { name: 'doctor', scenario: 'up', path: '/doctor' },
  { name: 'settings', scenario: 'up', path: '/settings' },
  { name: 'terminals', scenario: 'up', act: (page) => page.getByRole('button', { name: 'Terminals', exact: true }).click() },
];
