import type { Page } from '@playwright/test';

/** One picture: the made-up state it shows, where in the page, and what is done before it is taken. */
export type Shot = { readonly name: string; readonly scenario: string; readonly path?: string; readonly act?: (page: Page) => Promise<unknown> };

const chooseSet = (set: string) => async (page: Page) => {
  await page.getByRole('button', { name: /^Set:/ }).click();
  await page.getByRole('menuitem', { name: new RegExp(`^${set}`) }).click();
};

export const SHOTS: readonly Shot[] = [
  { name: 'services', scenario: 'up' },
  { name: 'service panel', scenario: 'up', path: '/services/db' },
  { name: 'running', scenario: 'running', act: chooseSet('production-like') },
  { name: 'running, graph', scenario: 'running', act: async (page) => { await chooseSet('production-like')(page); await page.getByText('Graph', { exact: true }).click(); } },
  { name: 'failed', scenario: 'failed', act: chooseSet('production-like') },
  { name: 'failed, panel', scenario: 'failed', path: '/services/catalogue', act: chooseSet('production-like') },
  { name: 'down, plan', scenario: 'down' },
  { name: 'many services', scenario: 'many' },
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
  { name: 'logs', scenario: 'up', path: '/logs' },
  { name: 'activity', scenario: 'failed', path: '/activity' },
  { name: 'activity, one', scenario: 'failed', path: '/activity/op-8' },
  { name: 'activity, running', scenario: 'running', path: '/activity/op-9' },
  { name: 'doctor', scenario: 'up', path: '/doctor' },
  { name: 'settings', scenario: 'up', path: '/settings' },
  { name: 'terminals', scenario: 'up', act: (page) => page.getByRole('button', { name: 'Terminals', exact: true }).click() },
];
