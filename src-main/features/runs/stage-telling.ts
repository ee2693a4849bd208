import type { StageState } from '#contract/operations.ts';
import type { StageResult, TestResult } from '#contract/runs.ts';
import type { Work } from '#core/work.ts';

/** Tests that passed and are told one by one: a page shows the rest when the stage is over. */
const MOST_PASSED = 2_000;

/** Service news of a stage say whose they are; those of our own helpers are nobody's. */
export function tellingOf(stage: string, { tell }: Work): Work['tell'] {
  return (news) => {
    if (news.type === 'service') {
      if (!news.service.startsWith('backlot-')) tell({ ...news, stage });
    } else tell(news);
  };
}

/** Tells how far a stage is. */
export class StageTelling {
  private readonly run: string;
  private readonly stage: string;
  private readonly tell: Work['tell'];
  private told = 0;

  constructor(run: string, stage: string, { tell }: Work) {
    this.run = run;
    this.stage = stage;
    this.tell = tell;
  }

  state(state: StageState, more: { readonly until?: string; readonly why?: string } = {}): void {
    this.tell({ type: 'stage', stage: this.stage, run: this.run, state, ...more });
  }

  end({ state, cached, seconds, tests, failures, skipped, why }: StageResult, reason = why): void {
    this.tell({ type: 'stage', stage: this.stage, run: this.run, state, seconds, tests, failures, skipped, ...(cached && { cached }), ...(reason !== undefined && { why: reason }) });
  }

  test({ suite, name, state, seconds, message }: TestResult): void {
    if (this.told++ > MOST_PASSED && state === 'passed') return;
    this.tell({ type: 'test', stage: this.stage, suite: [...suite], name, state, ...(seconds !== undefined && { seconds }), ...(message !== undefined && { message }) });
  }
}
