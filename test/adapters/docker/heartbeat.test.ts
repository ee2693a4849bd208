import { expect, test, vi } from 'vitest';
import { Heartbeat } from '#adapters/docker/heartbeat.ts';

vi.mock(import('node:fs'), async (original) => ({
  ...(await original()),
  watch: () => {
    throw Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), { code: 'ENOSPC' });
  },
}));

test('F22: an engine that is away is asked again by the clock where its socket cannot be watched', async () => {
  let asked = 0;
  const announced: Date[] = [];
  const heartbeat = new Heartbeat({ ask: async () => ++asked > 2, schedule: (time) => announced.push(time), socketPath: () => '/var/run/docker.sock' });
  vi.useFakeTimers();
  try {
    heartbeat.hold();
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(announced).toHaveLength(2);
  } finally {
    heartbeat.stop();
    vi.useRealTimers();
  }
});
