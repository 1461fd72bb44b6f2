import { types } from 'node:util';

/**
 * Jest gives tests a realm of their own, where Node's errors are no instances of `Error`. In the action there
 * is one realm; so that the source is tested as it runs, here every native error is an `Error` too.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value: function (this: unknown, candidate: unknown): boolean {
    if (this === Error) return types.isNativeError(candidate);
    return Function.prototype[Symbol.hasInstance].call(this, candidate);
  },
});
