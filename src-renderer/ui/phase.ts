import type { OperationSummary, ServicePhase } from '#contract/operations.ts';
import type { SetState } from '#contract/stack.ts';

/** The few roles that a state can have for the eye. */
export type Tone = 'ready' | 'busy' | 'warn' | 'fail' | 'idle';
export type Look = { readonly tone: Tone; readonly label: string; readonly shape: 'disc' | 'check' | 'cross' | 'alert' | 'spinner' | 'ring' | 'pause' | 'swap' };

const PHASES: Record<ServicePhase, Look> = {
  absent: { tone: 'idle', label: 'not created', shape: 'ring' },
  pulling: { tone: 'busy', label: 'pulling', shape: 'spinner' },
  building: { tone: 'busy', label: 'building', shape: 'spinner' },
  creating: { tone: 'busy', label: 'creating', shape: 'spinner' },
  created: { tone: 'idle', label: 'created', shape: 'ring' },
  waiting: { tone: 'idle', label: 'waiting', shape: 'pause' },
  starting: { tone: 'busy', label: 'starting', shape: 'spinner' },
  ready: { tone: 'ready', label: 'ready', shape: 'disc' },
  unhealthy: { tone: 'warn', label: 'unhealthy', shape: 'alert' },
  done: { tone: 'ready', label: 'done', shape: 'check' },
  failed: { tone: 'fail', label: 'failed', shape: 'cross' },
  restarting: { tone: 'warn', label: 'restarting', shape: 'spinner' },
  paused: { tone: 'idle', label: 'paused', shape: 'pause' },
  swapped: { tone: 'ready', label: 'swapped', shape: 'swap' },
  stopping: { tone: 'busy', label: 'stopping', shape: 'spinner' },
  stopped: { tone: 'idle', label: 'stopped', shape: 'ring' },
  removed: { tone: 'idle', label: 'removed', shape: 'ring' },
};

const SETS: Record<SetState, Look> = {
  up: { tone: 'ready', label: 'up', shape: 'disc' },
  starting: { tone: 'busy', label: 'starting', shape: 'spinner' },
  partial: { tone: 'warn', label: 'partly up', shape: 'alert' },
  failed: { tone: 'fail', label: 'failed', shape: 'cross' },
  down: { tone: 'idle', label: 'down', shape: 'ring' },
};

const OPERATIONS: Record<OperationSummary['state'], Look> = {
  running: { tone: 'busy', label: 'running', shape: 'spinner' },
  done: { tone: 'ready', label: 'done', shape: 'check' },
  failed: { tone: 'fail', label: 'failed', shape: 'cross' },
  cancelled: { tone: 'idle', label: 'cancelled', shape: 'ring' },
  lost: { tone: 'warn', label: 'lost', shape: 'alert' },
};

export const lookOfPhase = (phase: ServicePhase): Look => PHASES[phase];
export const lookOfOperation = (state: OperationSummary['state']): Look => OPERATIONS[state];

const AT_WORK: Readonly<Record<string, Look>> = { 'stack.up': SETS.starting, 'stack.down': PHASES.stopping, 'stack.restart': { ...PHASES.restarting, tone: 'busy' } };
const CHANGING: Look = { tone: 'busy', label: 'changing', shape: 'spinner' };
/** A set as it is; while work on it goes on, what is done to it rather than what is up of it meanwhile. */
export const lookOfSetNow = (state: SetState, running: OperationSummary | undefined): Look => (running ? (AT_WORK[running.method] ?? CHANGING) : SETS[state]);

/** Whether work is going on that ends by itself. */
export const isMoving = (phase: ServicePhase): boolean => PHASES[phase].tone === 'busy' || phase === 'waiting' || phase === 'restarting';
