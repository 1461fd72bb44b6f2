import { describe, expect, test } from '@jest/globals';
import { readSuccess } from '../../../src/responses/success-object.ts';

const named = { '@type': 'success' };

describe('a success', () => {
  test.each<[unknown]>([
    [undefined],
    [{}],
    [named],
    [{ '@type': 'SUCCESS' }],
    [{ ...named, anything: 'else', nested: { error: 1 }, list: [false] }],
    [{ ...named, statusCode: 200 }],
    [{ ...named, statusCode: '204', status: 'ok', code: 'Success' }],
    [{ ...named, terror: 1, unfaulted: 1, default: 1, misdirect: 1 }],
    [{ success: true }],
    [{ success: true, '@type': 'Success', status: 'OK', statusCode: '200', code: 204 }],
    [{ success: true, id: 7, message: 'Done', description: null, requestId: 'x', timestamp: 1 }],
  ])('%j', (json) => expect(readSuccess(json)).toBe(true));
});

describe('none', () => {
  test.each<[unknown]>([
    [null],
    [true],
    ['success'],
    [[]],
    [{ message: 'Done' }],
    [{ ...named, done: false }],
    [{ ...named, errorCode: 5 }],
    [{ ...named, error: null }],
    [{ ...named, ERRORS: [] }],
    [{ ...named, hasFailed: 'no' }],
    [{ ...named, last_failure: '' }],
    [{ ...named, 'is-faulty': 1 }],
    [{ ...named, faultstring: 'x' }],
    [{ ...named, redirectUrl: 'x' }],
    [{ ...named, HTTPError: 1 }],
    [{ ...named, status: 'FAILED' }],
    [{ ...named, status: null }],
    [{ ...named, status: true }],
    [{ ...named, statusCode: 202 }],
    [{ ...named, statusCode: [200] }],
    [{ ...named, code: 'X_1' }],
    [{ success: 'true' }],
    [{ success: 1 }],
    [{ success: true, status: 'FAILED' }],
    [{ success: true, status: 299 }],
    [{ success: true, errorCode: 5 }],
    [{ success: true, '@type': 'user' }],
    [{ success: true, message: {} }],
    [{ success: true, id: true }],
    [{ success: true, data: {} }],
    [{ success: true, done: false }],
    [{ success: false }],
  ])('%j', (json) => expect(readSuccess(json)).toBeUndefined());
});
