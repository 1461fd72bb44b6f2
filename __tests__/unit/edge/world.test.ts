import { afterEach, describe, expect, test } from '@jest/globals';
import { realEffects } from '../../../src/edge/real-effects.ts';

describe('the real world', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.removeAllListeners(signal);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGBREAK'] as const)('is cancelled by %s', (signal) => {
    const { cancelled } = realEffects();
    expect(cancelled.aborted).toBe(false);
    process.emit(signal);
    expect(cancelled.aborted).toBe(true);
    // The second signal of the runner finds it so.
    process.emit('SIGTERM');
    expect(cancelled.aborted).toBe(true);
  });

  test('its draws are from 0 to 1, and differ', () => {
    const { random } = realEffects();
    const draws = Array.from({ length: 20 }, random);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(new Set(draws).size).toBeGreaterThan(1);
  });

  test('certificates are verified, whatever the job says', () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    realEffects();
    expect(process.env['NODE_TLS_REJECT_UNAUTHORIZED']).toBeUndefined();
  });

  test.each([
    [undefined, 'timeout:2 attempts:1'],
    ['timeout:9', 'timeout:9'],
  ])('by default a name server that does not answer delays it by seconds (%s)', (given, used) => {
    delete process.env['RES_OPTIONS'];
    if (given !== undefined) process.env['RES_OPTIONS'] = given;
    realEffects();
    expect(process.env['RES_OPTIONS']).toBe(used);
  });
});
