import { z } from 'zod';
import { call, operation, stream } from './define.ts';
import { Miss } from './names.ts';
import { TestState } from './operations.ts';
import { HostCommand, LogBatch } from './stack.ts';

/** One test as its suite reported it. Failures and errors differ: an assertion did not hold, or the test broke. */
export const TestResult = z.object({
  suite: z.array(z.string()).describe('the suites that it is in, outermost first'),
  name: z.string(),
  state: TestState,
  seconds: z.number().optional(),
  message: z.string().optional(),
  detail: z.string().optional().describe('such as a stack trace; cut where it is long'),
  file: z.string().optional(),
  line: z.number().int().optional(),
  ended: z.string().optional().describe('RFC 3339; absent where neither its report nor what was printed tells it'),
  flaky: z.boolean().optional().describe('it ended otherwise on the same inputs before'),
});
export type TestResult = z.infer<typeof TestResult>;

export const TestCounts = z.object({ tests: z.number().int(), failures: z.number().int().describe('failed and broken ones'), skipped: z.number().int() });
export type TestCounts = z.infer<typeof TestCounts>;

/** What the outcome of a stage depends on. Values of variables are hashed; equal inputs have an equal hash. */
export const StageInputs = z.object({
  hash: z.string(),
  image: z.string(),
  digest: z.string(),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()).describe('hashes of the values, by variable'),
  services: z.record(z.string(), z.string()).describe('image digests, by service'),
  fixture: z.string().optional().describe('digest'),
  browser: z.string().optional(),
  network: z.enum(['own', 'shared']),
  files: z.string().optional().describe('hash of the declared input files'),
  mounted: z.string().optional().describe('hash of the files that its services mount, where it is known'),
  declared: z.string().optional().describe('hash of what the stage and its services declare beside'),
  engine: z.string().optional(),
  backlot: z.string(),
});
export type StageInputs = z.infer<typeof StageInputs>;

/** Something that befell a service of a stage while it ran; `stage` is the stage itself. */
export const ServiceEvent = z.object({ time: z.string(), service: z.string(), kind: z.enum(['ended', 'started-again', 'out-of-memory', 'unhealthy', 'healthy']), exitCode: z.number().int().optional() });
export type ServiceEvent = z.infer<typeof ServiceEvent>;

/** `ended with 137`: what befell it, in words that go on from the service's name. */
export function befell({ kind, exitCode }: Pick<ServiceEvent, 'kind' | 'exitCode'>): string {
  switch (kind) {
    case 'ended':
      return `ended with ${exitCode ?? 0}`;
    case 'started-again':
      return 'was started again';
    case 'out-of-memory':
      return 'ran out of memory';
    case 'unhealthy':
      return 'became unhealthy';
    case 'healthy':
      return 'is healthy again';
    default:
      return kind satisfies never;
  }
}

export const StageResult = z.object({
  name: z.string(),
  state: z.enum(['passed', 'failed', 'skipped', 'cancelled']),
  why: z.string().optional(),
  seconds: z.number(),
  ...TestCounts.shape,
  cached: z.boolean(),
  cachedFrom: z.string().optional().describe('the run whose outcome it is'),
  flaky: z.boolean().optional().describe('it ended otherwise on the same inputs before'),
  exitCode: z.number().int().optional(),
  output: z.array(z.string()).optional().describe('the last lines that it printed, where it failed and no test says why'),
  started: z.string().optional(),
  ended: z.string().optional(),
  /** What did not pass, the first of them. */
  failed: z.array(TestResult).optional(),
  /** Production names that were asked for and blocked while it ran. */
  misses: z.array(Miss).optional(),
  /** What befell its services while it ran. */
  events: z.array(ServiceEvent).optional(),
  sharedWith: z.array(z.string()).optional().describe('the stages that its services were there for as well'),
  /** What went wrong beside the stage itself, such as a report that could not be read: it never turns the verdict. */
  problems: z.array(z.string()).optional(),
  inputs: StageInputs.optional(),
});
export type StageResult = z.infer<typeof StageResult>;

export const RunResult = z.object({
  run: z.string(),
  revision: z.string().optional().describe('absent without a git repository'),
  image: z.string().optional(),
  digest: z.string().optional(),
  stages: z.array(StageResult),
});
export type RunResult = z.infer<typeof RunResult>;

export const RunSummary = z.object({
  run: z.string(),
  project: z.string(),
  directory: z.string(),
  state: z.enum(['running', 'held', 'passed', 'failed', 'cancelled', 'lost']),
  started: z.string(),
  ended: z.string().optional(),
  heldUntil: z.string().optional(),
  operation: z.string().describe('whose events tell of it while it runs'),
  who: z.string().describe('user and machine'),
  branch: z.string().optional(),
  revision: z.string().optional(),
  dirty: z.boolean().optional(),
  image: z.string().optional(),
  digest: z.string().optional(),
  planned: z.array(z.string()).optional().describe('the stages that were to be run'),
  stages: z.array(StageResult),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** How a stage fared in the latest runs in which it was really run. */
export const StageTrend = z.object({
  stage: z.string(),
  median: z.number().describe('seconds'),
  passed: z.number().int().describe('how many of them passed'),
  last: z.array(z.object({ run: z.string(), state: z.enum(['passed', 'failed']), seconds: z.number(), tests: z.number().int() })).describe('oldest first'),
});
export type StageTrend = z.infer<typeof StageTrend>;

export const Artifact = z.object({ stage: z.string(), path: z.string(), bytes: z.number() });
export type Artifact = z.infer<typeof Artifact>;

export const RunDetails = RunSummary.extend({
  schema: z.literal(1),
  tests: z.array(TestResult.extend({ stage: z.string() })),
  artifacts: z.array(Artifact),
  /** Whose logs are kept, by stage: `stage` is the stage itself, the others are its services. */
  logs: z.record(z.string(), z.array(z.string())),
});
export type RunDetails = z.infer<typeof RunDetails>;

export const BuildResult = z.object({
  image: z.string(),
  digest: z.string().describe('as the engine has it'),
  revision: z.string(),
  dirty: z.boolean(),
  cached: z.boolean().describe('nothing had to be built'),
  seconds: z.number(),
});
export type BuildResult = z.infer<typeof BuildResult>;

/** What a browser shows. */
export const ScreenPicture = z.object({ base64: z.string().describe('PNG'), time: z.string() });
export type ScreenPicture = z.infer<typeof ScreenPicture>;

const Difference = z.object({ stage: z.string().optional(), what: z.string(), a: z.string().optional(), b: z.string().optional() });

const Run = z.object({ run: z.string() });

export const runs = {
  /** Builds the component's image, tagged with its revision. One revision has one image. */
  build: operation(z.object({ directory: z.string(), noCache: z.boolean().default(false) }), BuildResult),
  /** Runs stages with what they need. A stage that fails makes the whole `stage-failed`, with the result beside it. */
  start: operation(
    z.object({
      directory: z.string(),
      stages: z.array(z.string()).default([]).describe('all but those against a target where none is named'),
      image: z.string().optional().describe('runs in this image instead of building one'),
      failed: z.boolean().optional().describe('only what did not pass in the latest run, with what it needs'),
      fresh: z.boolean().default(false).describe('runs also what was reused otherwise'),
      hold: z.number().positive().optional().describe('seconds for which the environment of a stage that failed stays up'),
      junit: z.string().optional().describe('file for the results of all stages'),
      artifacts: z.string().optional().describe('folder for the artifacts and logs of all stages'),
    }),
    RunResult,
  ),
  /** The latest runs of a project, newest first. */
  list: call(z.object({ directory: z.string(), limit: z.number().int().positive().max(10_000).default(50) }), z.object({ schema: z.literal(1), runs: z.array(RunSummary), trends: z.array(StageTrend).optional().describe('of each stage, over these runs') })),
  show: call(Run, RunDetails),
  /** How the inputs of two runs differ. */
  compare: call(z.object({ a: z.string(), b: z.string() }), z.object({ schema: z.literal(1), a: z.string(), b: z.string(), same: z.boolean(), differences: z.array(Difference) })),
  /** What was collected; with `to`, copied there. */
  artifacts: call(Run.extend({ to: z.string().optional() }), z.object({ schema: z.literal(1), run: z.string(), folder: z.string(), artifacts: z.array(Artifact) })),
  /** One artifact, up to 8 MiB of it, for a look at it. */
  artifact: call(Run.extend({ stage: z.string(), path: z.string() }), z.object({ base64: z.string(), bytes: z.number() })),
  /** The kept log of a stage (`stage`) and its services, merged in the order in which it came; with `follow`, until the stage ends. */
  logs: stream(Run.extend({ stage: z.string(), service: z.string().optional(), follow: z.boolean().default(false) }), LogBatch),
  /** What the browser of a stage shows while the stage has one: about a picture in a second, and none while nothing changes. */
  screen: stream(Run.extend({ stage: z.string() }), ScreenPicture),
  /** Lets a held run go. */
  release: operation(Run, z.object({ run: z.string(), released: z.boolean() })),
  /** The docker command that runs `command`, without one the best shell, in what a held run keeps: in what the stage itself left, or in a service of it. */
  execCommand: call(
    Run.extend({ stage: z.string().optional().describe('where several are held'), service: z.string().optional(), command: z.array(z.string()).optional(), terminal: z.boolean(), input: z.boolean() }),
    HostCommand,
  ),
  /** A CI file that calls the verbs of the command line. */
  generate: call(z.object({ directory: z.string(), kind: z.enum(['github', 'gitlab', 'jenkins']) }), z.object({ schema: z.literal(1), file: z.string(), text: z.string() })),
};
