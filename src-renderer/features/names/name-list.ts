import type { Backlot } from '#contract/index.ts';

/** What the core says of the names of a set. */
export type NameList = Awaited<ReturnType<Backlot['names']['list']>>;
