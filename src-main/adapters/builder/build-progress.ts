import type { BuildStep } from '#ports/image-builder.ts';

/** Lines kept of each step, for the case that it fails. */
const LAST_LINES = 20;
const LONGEST_LINE = 500;

/** What is no step of the Dockerfile: upkeep of BuildKit, and which builder works, whose end nobody tells. */
const BESIDE = ['[internal]', '[auth]', 'building with "'];

type Step = { readonly name: string; lines: string[]; error?: string };

/** BuildKit's plain progress, line by line. */
export class BuildProgress {
  private readonly onStep: (step: BuildStep) => void;
  private readonly steps = new Map<string, Step>();
  private readonly others: string[] = [];

  constructor(onStep: (step: BuildStep) => void) {
    this.onStep = onStep;
  }

  line(text: string): void {
    const [, id, rest] = /^#(\d+) (.*)$/.exec(text) ?? [];
    if (id === undefined || rest === undefined) {
      this.others.push(text);
      if (this.others.length > LAST_LINES) this.others.shift();
      return;
    }
    const step = this.steps.get(id);
    if (!step) {
      this.steps.set(id, { name: rest, lines: [] });
      this.tell(id, rest, 'running');
      return;
    }
    this.ending(id, step, rest);
  }

  /** The step that failed, with what it printed last; without one, what was said beside all steps. */
  get failure(): { readonly step?: string; readonly error: string; readonly lines: readonly string[] } {
    const failed = [...this.steps.values()].find(({ error }) => error !== undefined);
    if (failed) return { step: failed.name, error: failed.error ?? '', lines: failed.lines };
    const error = this.others.findLast((line) => /^ERROR: |^error: /i.test(line)) ?? this.others.at(-1) ?? '';
    return { error: error.replace(/^ERROR: (failed to solve: )?/i, ''), lines: [] };
  }

  private ending(id: string, step: Step, rest: string): void {
    const [, took] = /^DONE (\d+(?:\.\d+)?)s$/.exec(rest) ?? [];
    const [, error] = /^ERROR: (.*)$/.exec(rest) ?? [];
    if (rest === 'CACHED') return this.tell(id, step.name, 'cached');
    if (took !== undefined) return this.tell(id, step.name, 'done', Number(took));
    if (error !== undefined) {
      step.error = error;
      return this.tell(id, step.name, 'failed');
    }
    const [, printed] = /^\d+\.\d+ (.*)$/.exec(rest) ?? [];
    if (printed === undefined) return;
    step.lines.push(printed.slice(0, LONGEST_LINE));
    if (step.lines.length > LAST_LINES) step.lines.shift();
  }

  private tell(step: string, name: string, state: BuildStep['state'], seconds?: number): void {
    if (BESIDE.some((words) => name.startsWith(words))) return;
    this.onStep({ step, name: name.slice(0, LONGEST_LINE), state, ...(seconds !== undefined && { seconds }) });
  }
}
