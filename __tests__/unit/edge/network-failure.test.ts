import '../one-realm.ts';
import { describe, expect, test } from '@jest/globals';
import { ProxyError } from '../../../src/edge/connection.ts';
import { networkFailure, type RequestProgress } from '../../../src/edge/network-failure.ts';

describe('an error of the network', () => {
  const error = (code: unknown, message = 'm') => Object.assign(new Error(message), { code });

  test.each([
    [error('ENOTFOUND'), { kind: 'name-not-resolved' }],
    [error('EAI_AGAIN'), { kind: 'name-not-resolved' }],
    [error('ECONNREFUSED'), { kind: 'connection-refused' }],
    [
      Object.assign(new AggregateError([error('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
      { kind: 'connection-refused' },
    ],
    ...[
      'CERT_HAS_EXPIRED',
      'CERT_NOT_YET_VALID',
      'CERT_SIGNATURE_FAILURE',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'HOSTNAME_MISMATCH',
      'INVALID_CA',
      'INVALID_PURPOSE',
      'PATH_LENGTH_EXCEEDED',
      'ERROR_IN_CERT_NOT_AFTER_FIELD',
    ].map((code): [Error, object] => [error(code), { kind: 'certificate', code, proxy: undefined }]),
    ...['EHOSTUNREACH', 'ETIMEDOUT', 'ERR_SSL_WRONG_VERSION_NUMBER'].map((code): [Error, object] => [
      error(code),
      { kind: 'no-connection', detail: code },
    ]),
    [error(''), { kind: 'no-connection', detail: 'no code' }],
    [error(7), { kind: 'no-connection', detail: 'no code' }],
  ])('%s before there is a connection', (cause, failure) =>
    expect(networkFailure(cause, UNCONNECTED)).toEqual({ ...failure, cause }),
  );

  test.each([
    [error('ECONNRESET'), 'ECONNRESET'],
    [error('HPE_INVALID_CONSTANT'), 'HPE_INVALID_CONSTANT'],
    [error('ENOTFOUND'), 'ENOTFOUND'],
    [error(''), 'no code'],
    [new Error('m'), 'no code'],
    ['a text', 'no code'],
    [undefined, 'no code'],
    [null, 'no code'],
    [{ code: 'ENOTFOUND' }, 'no code'],
  ])('%s on a connection', (cause, code) =>
    expect(networkFailure(cause, CONNECTED)).toEqual({ kind: 'connection-lost', code, cause }),
  );

  const proxy = 'proxy:3128';
  test.each([
    [new ProxyError(407), { kind: 'proxy-status', proxy, statusCode: 407 }],
    [
      new ProxyError(undefined, error('ENOTFOUND')),
      { kind: 'proxy-unreachable', proxy, detail: 'ENOTFOUND' },
    ],
    // The proxy's own, not the server's.
    [
      new ProxyError(undefined, error('CERT_HAS_EXPIRED')),
      { kind: 'certificate', code: 'CERT_HAS_EXPIRED', proxy },
    ],
    [error('CERT_HAS_EXPIRED'), { kind: 'certificate', code: 'CERT_HAS_EXPIRED', proxy: undefined }],
    [error('ECONNRESET'), { kind: 'proxy-unreachable', proxy, detail: 'ECONNRESET' }],
  ])('%s (%j) on the way to a proxy, or through it', (cause, failure) =>
    expect(networkFailure(cause, { ...UNCONNECTED, proxy })).toEqual({ ...failure, cause }),
  );

  test('an attempt whose time is over, with and without a connection', () => {
    const cause = error('ABORT_ERR');
    const over = (progress: RequestProgress) => networkFailure(cause, { ...progress, aborted: true });
    const detail = 'none in time';
    expect(over(CONNECTED)).toEqual({ kind: 'timed-out', cause });
    expect(over(UNCONNECTED)).toEqual({ kind: 'no-connection', detail, cause });
    expect(over({ ...UNCONNECTED, proxy })).toEqual({ kind: 'proxy-unreachable', proxy, detail, cause });
  });
});

const UNCONNECTED: RequestProgress = { proxy: undefined, connected: false, aborted: false };
const CONNECTED: RequestProgress = { ...UNCONNECTED, connected: true };
