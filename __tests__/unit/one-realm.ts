import { types } from 'node:util';

/**
 * Jest runs tests in a separate realm, in which Node's errors are not instances of `Error`. In the action there
 * is one realm. To test the source as it runs, this makes every native error an `Error`.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value: function (this: unknown, candidate: unknown): boolean {
    if (this === Error) return types.isNativeError(candidate);
    return Function.prototype[Symbol.hasInstance].call(this, candidate);
  },
});
