import { z } from 'zod';

/** Exit codes of the command line (cli contract). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  configuration: 3,
  engine: 4,
  notReady: 5,
  refused: 6,
  interrupted: 130,
} as const;

/** Every failure that Backlot can name, with the command line's exit code for it. Anything else is a bug. */
export const FAILURES = {
  'usage': EXIT.usage,
  'input-invalid': EXIT.usage,
  'method-unknown': EXIT.usage,
  'set-unknown': EXIT.usage,
  'service-unknown': EXIT.usage,
  'stage-unknown': EXIT.usage,
  'run-unknown': EXIT.usage,
  'target-unknown': EXIT.usage,
  'release-unknown': EXIT.usage,
  'project-missing': EXIT.configuration,
  'config-invalid': EXIT.configuration,
  'config-exists': EXIT.configuration,
  'rules-incomplete': EXIT.configuration,
  'component-missing': EXIT.configuration,
  'compose-invalid': EXIT.configuration,
  'dependency-cycle': EXIT.configuration,
  'revision-missing': EXIT.configuration,
  'context-invalid': EXIT.configuration,
  'engine-unreachable': EXIT.engine,
  'engine-denied': EXIT.engine,
  'engine-lost': EXIT.engine,
  'engine-slow': EXIT.engine,
  'engine-too-old': EXIT.engine,
  'engine-failed': EXIT.failed,
  'compose-missing': EXIT.engine,
  'compose-failed': EXIT.failed,
  'image-missing': EXIT.failed,
  'image-denied': EXIT.failed,
  'image-failed': EXIT.failed,
  'build-failed': EXIT.failed,
  'stage-failed': EXIT.failed,
  'port-taken': EXIT.failed,
  'not-ready': EXIT.notReady,
  'service-failed': EXIT.failed,
  'not-running': EXIT.failed,
  'foreign-objects': EXIT.refused,
  'network-stuck': EXIT.failed,
  'addresses-exhausted': EXIT.failed,
  'resolver-failed': EXIT.failed,
  'fixture-unknown': EXIT.configuration,
  'fixture-unverified': EXIT.refused,
  'fixture-misfit': EXIT.refused,
  'source-failed': EXIT.failed,
  'database-failed': EXIT.failed,
  'registry-failed': EXIT.failed,
  'registry-denied': EXIT.failed,
  'gate-refused': EXIT.refused,
  'target-locked': EXIT.refused,
  'deploy-failed': EXIT.failed,
  'locked': EXIT.failed,
  'disk-full': EXIT.failed,
  'state-unusable': EXIT.failed,
  'command-failed': EXIT.failed,
  'terminal-missing': EXIT.failed,
  'operation-unknown': EXIT.failed,
  'operation-lost': EXIT.failed,
  'checks-failed': EXIT.failed,
  'unauthorized': EXIT.failed,
  'connection-lost': EXIT.failed,
  'cancelled': EXIT.interrupted,
  'internal': EXIT.failed,
} as const satisfies Record<string, number>;

export type FailureCode = keyof typeof FAILURES;

export const Where = z.object({
  file: z.string(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
});
export type Where = z.infer<typeof Where>;

/** The shape of every error on every wire: what, where, why, and what to do. */
export const Failure = z.object({
  code: z.enum(Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]),
  message: z.string(),
  where: Where.optional(),
  cause: z.string().optional(),
  fix: z.string().optional(),
  /** Further errors of the same kind, where several were found at once. */
  also: z.array(z.object({ message: z.string(), where: Where.optional(), fix: z.string().optional() })).optional(),
  /** What was reached all the same. Operations tell it as the value of their result. */
  result: z.unknown().optional(),
});
export type Failure = z.infer<typeof Failure>;

export type FailureDetails = {
  readonly where?: Where | undefined;
  readonly fix?: string | undefined;
  readonly cause?: unknown;
  readonly also?: Failure['also'];
  /** What an operation had reached when it failed; shells show it beside the error. */
  readonly result?: unknown;
};

/** An error that a person can act on. `code` decides, the text explains. */
export class BacklotError extends Error {
  override readonly name = 'BacklotError';
  readonly code: FailureCode;
  readonly where: Where | undefined;
  readonly fix: string | undefined;
  readonly also: Failure['also'];
  readonly result: unknown;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.fix = details.fix;
    this.also = details.also;
    this.result = details.result;
  }
}

/** Turns anything thrown into the shape that leaves the process. Aborts become `cancelled`; strangers become `internal`. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof BacklotError) {
    return {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.where && { where: thrown.where }),
      ...(thrown.cause !== undefined && { cause: describeCause(thrown.cause) }),
      ...(thrown.fix && { fix: thrown.fix }),
      ...(thrown.also && { also: thrown.also }),
      ...(thrown.result !== undefined && { result: thrown.result }),
    };
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') return { code: 'cancelled', message: 'cancelled' };
  if (SHORT_OF_FILES.has(codeOf(thrown))) return { code: 'internal', message: `This process may open no more files: ${(thrown as Error).message}`, fix: 'Raise the limit (`ulimit -n 4096`) and run it again.' };
  return {
    code: 'internal',
    message: thrown instanceof Error ? thrown.message : String(thrown),
    fix: 'This is a bug in Backlot: run the command again with --verbose and report what it prints.',
  };
}

const SHORT_OF_FILES = new Set(['EMFILE', 'ENFILE']);

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

/** The error that a failure on the wire stands for. */
export function fromFailure(failure: Failure): BacklotError {
  return new BacklotError(failure.code, failure.message, failure);
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
