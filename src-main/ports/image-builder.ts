/** An image as it is to be built. */
export type BuildOrder = {
  /** Its name with its tag. */
  readonly image: string;
  /** Absolute. */
  readonly context: string;
  /** Absolute. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly platform?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly arguments: Readonly<Record<string, string>>;
  readonly noCache: boolean;
};

export type BuildStep = { readonly step: string; readonly name: string; readonly state: 'running' | 'cached' | 'done' | 'failed'; readonly seconds?: number };

/** Builds images with BuildKit, into the engine. */
export interface ImageBuilder {
  /** Tells every step. One that fails is `build-failed`, with the step and its last lines. */
  build(order: BuildOrder, onStep: (step: BuildStep) => void, signal: AbortSignal): Promise<void>;
}
