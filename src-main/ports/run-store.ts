import type { Artifact, RunSummary, StageResult, TestResult } from '#contract/runs.ts';
import type { LogLine } from '#contract/stack.ts';

/** The log of a stage and its services while it is written. What is too much of one service is left out in its middle. */
export interface RunLog {
  write(lines: readonly LogLine[]): void;
  close(): Promise<void>;
}

/** One stage that passed on an image digest, or failed when it ran last. */
type StageEvidence = {
  readonly stage: string;
  readonly run: string;
  readonly inputs: string;
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly time: string;
  readonly where: string;
  readonly passed?: boolean;
};

/** What is known to have passed on one image digest. */
type EvidenceRecord = {
  readonly schema: 1;
  readonly digest: string;
  readonly image: string;
  readonly revision?: string;
  readonly dirty?: boolean;
  readonly platform: string;
  readonly stages: readonly StageEvidence[];
};

/** The history of runs, in files below the state folder that every shell shares. Writes are atomic; a full disk is `disk-full`. */
export interface RunStore {
  /** Stores a run that this process carries out. */
  begin(record: RunSummary): Promise<void>;
  write(record: RunSummary): Promise<void>;
  /** Stores how a run ended. */
  end(record: RunSummary): Promise<void>;
  /** A run that its process did not live to end is `lost`. */
  read(run: string): Promise<RunSummary | undefined>;
  /** The latest of a project, newest first. */
  list(directory: string, limit: number): Promise<RunSummary[]>;
  /** Whether the run is still carried out; `undefined` where this user has none of that id. */
  isCarriedOut(run: string): Promise<boolean | undefined>;
  /** Runs that began and whose process is gone. */
  lost(): Promise<string[]>;
  writeTests(run: string, stage: string, tests: readonly TestResult[]): Promise<void>;
  readTests(run: string, stage: string): Promise<TestResult[]>;
  openLog(run: string, stage: string): Promise<RunLog>;
  /** Batches of the kept log; with `follow`, until the stage has ended. */
  readLog(run: string, stage: string, follow: boolean, signal: AbortSignal): AsyncIterable<readonly LogLine[]>;
  /** Keeps one artifact, whose path is relative and leads nowhere else. */
  putArtifact(run: string, stage: string, path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Of a stage that was reused, those of the run that it comes from; so with one of them and with all. */
  artifacts(run: string): Promise<Artifact[]>;
  readArtifact(run: string, stage: string, path: string, limit: number): Promise<{ readonly content: Uint8Array; readonly bytes: number } | undefined>;
  /** Where the artifacts of a run are, by stage. */
  artifactFolder(run: string): string;
  /** Copies the artifacts, and the logs as text, to a folder. */
  exportTo(run: string, folder: string): Promise<void>;
  writeFile(file: string, text: string): Promise<void>;
  requestRelease(run: string): Promise<void>;
  isReleaseRequested(run: string): Promise<boolean>;
  addEvidence(record: Omit<EvidenceRecord, 'stages' | 'schema'>, stages: readonly StageEvidence[]): Promise<void>;
  readEvidence(digest: string): Promise<EvidenceRecord | undefined>;
  /** How stages with these inputs ended, the latest first; only the last few. */
  outcomesOf(inputs: string): Promise<readonly { readonly run: string; readonly state: 'passed' | 'failed' }[]>;
  rememberOutcome(inputs: string, outcome: { readonly run: string; readonly state: 'passed' | 'failed' }): Promise<void>;
  /** The outcome that inputs had when they last passed. */
  passedWith(inputs: string): Promise<{ readonly run: string; readonly result: StageResult } | undefined>;
  rememberPassed(inputs: string, passed: { readonly run: string; readonly result: StageResult }): Promise<void>;
}
