import { afterEach, beforeEach } from '@jest/globals';

/** Each test of the group starts without variables of a proxy, and leaves the environment as it was. */
export function withoutProxyVariables(): void {
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of Object.keys(process.env))
      if (/^(https?|no|all)_proxy$/i.test(name)) delete process.env[name];
  });
  afterEach(() => {
    process.env = { ...before };
  });
}
