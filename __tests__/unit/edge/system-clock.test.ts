import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../../src/edge/real-effects.ts';

describe("the machine's clock", () => {
  test('goes forward in milliseconds', async () => {
    const [startedMs, epochMs] = [systemClock.nowMs(), systemClock.nowEpochMs()];
    await pause(30);
    const passedMs = systemClock.nowMs() - startedMs;
    expect(passedMs).toBeGreaterThanOrEqual(20);
    expect(passedMs).toBeLessThan(5_000);
    expect(Math.abs(systemClock.nowEpochMs() - epochMs - passedMs)).toBeLessThan(1_000);
    expect(Math.abs(epochMs - Date.now())).toBeLessThan(5_000);
  });

  test('an alarm rings once, in time', async () => {
    const startedMs = performance.now();
    const ring = jest.fn();
    await new Promise<void>((resolve) => {
      systemClock.after(30, () => {
        ring();
        resolve();
      });
    });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(28);
    await pause(50);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  test('an alarm that is called off does not ring', async () => {
    const ring = jest.fn();
    systemClock.after(10, ring)();
    await pause(40);
    expect(ring).not.toHaveBeenCalled();
  });
});
