import { engine } from './engine.ts';
import { fixtures } from './fixtures.ts';
import { names } from './names.ts';
import { operations } from './operations.ts';
import { project } from './project.ts';
import { releases } from './releases.ts';
import { runs } from './runs.ts';
import { stack } from './stack.ts';
import { system } from './system.ts';
import { terminals } from './terminals.ts';
import type { Client } from './client.ts';

/** Everything that a shell can ask of the core. */
export const api = { engine, fixtures, names, operations, project, releases, runs, stack, system, terminals };
export type Api = typeof api;
export type Backlot = Client<Api>;
