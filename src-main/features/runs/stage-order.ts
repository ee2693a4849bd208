import type { StageResult, TestResult } from '#contract/runs.ts';
import type { Project } from '#features/project/project.ts';
import type { MountedFiles } from './mounted-files.ts';
import type { PlannedStage } from './plan-run.ts';
import type { SharedServices } from './shared-services.ts';
import type { NamedImage, TestedImage } from './stage-images.ts';

/** One stage of a run, as it is to be run. */
export type StageOrder = {
  readonly run: string;
  readonly project: Project;
  readonly planned: PlannedStage;
  readonly revision: string | undefined;
  /** What it runs in. */
  readonly image: NamedImage;
  /** That image was made of the checkout. */
  readonly isBuilt: boolean;
  /** The tested image, and services that build the same. */
  readonly app: TestedImage | undefined;
  readonly fresh: boolean;
  /** Digest of the files that its outcome depends on, where it says which. */
  readonly files?: string | undefined;
  /** Digest of the files that its services mount, where they mount any; or why it is not known. */
  readonly mounted?: MountedFiles | undefined;
  /** Services that it has together with other stages. */
  readonly share?: SharedServices | undefined;
  /** Digest of the fixture that it asks for. */
  readonly fixture: string | undefined;
  /** Seconds. */
  readonly hold: number | undefined;
  /** Told with how it failed when it is held, and with nothing when that is over. */
  readonly onHold: (until: string | undefined, outcome?: StageOutcome) => Promise<void>;
};

/** How it ended. */
export type StageOutcome = {
  readonly result: StageResult;
  readonly tests: readonly TestResult[];
  /** Resolves when nothing of it is left and what is to be kept of it is kept: the outcome is known before. */
  readonly removed?: Promise<void>;
};
