/** A stage that runs against a deployed target, in a container of its own on this engine, on this machine's network. */
type TargetStage = {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly directory?: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
};

export interface TargetStages {
  /** Runs it to its end and answers its exit code; the image is pulled where it is not there. The container is gone in every outcome. */
  run(stage: TargetStage, onLine: (line: string) => void, signal: AbortSignal): Promise<{ readonly exitCode: number }>;
}
