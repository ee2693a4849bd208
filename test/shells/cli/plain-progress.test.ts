import { expect, test, vi } from 'vitest';
import { PlainProgress } from '../../../src-main/shells/cli/progress.ts';
import { createScreen } from '../../../src-main/shells/cli/screen.ts';

test('what a service waits for is told a while after it began to start, and only if that still holds', () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
  try {
    const lines: string[] = [];
    const progress = new PlainProgress({ write: (text: string) => (lines.push(text), Promise.resolve()) } as never, createScreen({}, {}));
    const tell = (service: string, state: 'starting' | 'ready', why?: string) => progress.show({ type: 'service', time: new Date().toISOString(), sequence: 1, service, state, ...(why !== undefined && { why }) });
    for (const service of ['api', 'db']) tell(service, 'starting');
    for (const service of ['api', 'db']) tell(service, 'starting', 'has just started');
    tell('api', 'starting', 'exited with 3; its restart policy starts it again');
    vi.advanceTimersByTime(1000);
    tell('db', 'ready');
    vi.advanceTimersByTime(10_000);
    expect(lines).toEqual(['api: starting\n', 'db: starting\n', 'db: ready (1.0 s)\n', 'api: starting: exited with 3; its restart policy starts it again\n']);
    tell('api', 'starting', 'exited with 4; its restart policy starts it again');
    tell('api', 'starting', 'exited with 5; its restart policy starts it again');
    progress.end();
    vi.advanceTimersByTime(10_000);
    expect(lines).toHaveLength(5);
  } finally {
    vi.useRealTimers();
  }
});
