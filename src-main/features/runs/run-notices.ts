import { toFailure } from '#contract/errors.ts';
import type { RunSummary, StageResult } from '#contract/runs.ts';
import { readSecret, type SecretSources } from '#core/read-secret.ts';
import { timeLimit } from '#core/time-limit.ts';
import type { Work } from '#core/work.ts';
import type { Project } from '#features/project/project.ts';
import type { Checkout } from '#ports/git.ts';
import type { NotifyOfRun, Receiver, RunNews } from '#ports/notifier.ts';

export type NoticePorts = {
  readonly notifyOfRun: NotifyOfRun;
  readonly secrets: SecretSources;
  readonly redactor: { readonly add: (secret: string) => void; readonly redact: (text: string) => string };
  /** Where the CI that runs this shows it. */
  readonly link: string | undefined;
};

const LIMIT = 20_000;
/** Messages that a receiver may miss before it is left alone for this run. */
const MOST_FAILURES = 3;
const STATES = { passed: 'success', failed: 'failure', skipped: 'error', cancelled: 'error' } as const;

type About = { readonly project: Project; readonly revision: Checkout | undefined; readonly record: () => RunSummary };
type Event = { readonly event: 'stage'; readonly stage: string; readonly state: 'pending' | 'success' | 'failure' | 'error'; readonly verdict: string } | { readonly event: 'pass' | 'fail'; readonly verdict: string };

/** Tells the project's receivers how the stages of a run stand. They never hold a stage up, and what they do not take is warned of once. */
export class RunNotices {
  private readonly about: About;
  private readonly task: NoticePorts & Pick<Work, 'tell'>;
  private readonly receivers: readonly { readonly receiver: NonNullable<Project['notify']>[number]; last: Promise<void>; failures: number }[];

  constructor(about: About, task: NoticePorts & Pick<Work, 'tell'>) {
    this.about = about;
    this.task = task;
    this.receivers = (about.project.notify ?? []).map((receiver) => ({ receiver, last: Promise.resolve(), failures: 0 }));
  }

  pending(stages: readonly string[]): void {
    for (const stage of stages) this.send({ event: 'stage', stage, state: 'pending', verdict: 'waits or runs' });
  }

  stage(result: StageResult): void {
    this.send({ event: 'stage', stage: result.name, state: STATES[result.state], verdict: verdictOf(result) });
  }

  /** Tells how the whole ended, and waits until everybody has heard everything or does not want to. */
  async end(): Promise<void> {
    const { state, stages } = this.about.record();
    const failed = stages.filter((stage) => stage.state === 'failed');
    if (state === 'failed') this.send({ event: 'fail', verdict: failed.map((stage) => `${stage.name}: ${verdictOf(stage)}`).join('\n') });
    if (state === 'passed') this.send({ event: 'pass', verdict: stages.map((stage) => `${stage.name}: ${verdictOf(stage)}`).join('\n') });
    await Promise.all(this.receivers.map(({ last }) => last));
  }

  /** One message after the other for each receiver, so that a stage's end is not overtaken by its beginning. */
  private send(event: Event): void {
    for (const one of this.receivers) {
      if (!wants(one.receiver, event)) continue;
      one.last = one.last.then(async () => {
        if (one.failures >= MOST_FAILURES) return;
        try {
          await this.task.notifyOfRun(one.receiver, this.newsOf(event), this.secret, timeLimit(LIMIT));
        } catch (error) {
          if (one.failures++ === 0) this.task.tell({ type: 'message', level: 'warning', text: `${nameOf(one.receiver)} was not told of the run: ${this.task.redactor.redact(toFailure(error).message)}` });
        }
      });
    }
  }

  private newsOf(event: Event): RunNews {
    const { project, revision, record } = this.about;
    const { run, who, digest } = record();
    return { project: project.name, run, who, digest, revision: revision?.name, commit: revision?.dirty === false ? revision.sha : undefined, link: this.task.link, ...event, verdict: this.task.redactor.redact(event.verdict) };
  }

  private readonly secret = async (reference: Parameters<typeof readSecret>[0], what: string): Promise<string> => {
    const text = (await readSecret(reference, what, this.task.secrets)).reveal();
    this.task.redactor.add(text);
    return text;
  };
}

/** People hear of runs that fail; of those that pass, where they say so. */
function wants({ github, on }: Receiver & { readonly on?: readonly string[] | undefined }, { event }: Event): boolean {
  if (event === 'stage') return github !== undefined;
  return github === undefined && (on === undefined ? event === 'fail' : on.includes(event));
}

function verdictOf({ state, why, tests, failures, cached, cachedFrom }: StageResult): string {
  const counts = tests > 0 ? `, ${tests} ${tests === 1 ? 'test' : 'tests'}, ${failures} failed` : '';
  return `${cached ? `passed in ${cachedFrom}` : state}${why === undefined ? '' : `: ${why}`}${counts}`;
}

function nameOf(receiver: Receiver): string {
  return receiver.github ? 'GitHub' : receiver.slack ? 'Slack' : 'Rocket.Chat';
}

/** The page on which a CI shows what it runs, by the variables that it sets. Pure. */
export function linkOfCi(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = environment;
  const link = server && repository && run ? `${server}/${repository}/actions/runs/${run}` : (environment['CI_JOB_URL'] ?? environment['BUILD_URL']);
  return link !== undefined && /^https?:\/\//.test(link) ? link : undefined;
}
