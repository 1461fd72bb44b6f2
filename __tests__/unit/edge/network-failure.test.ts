import '../one-realm.ts';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { selfSigned } from '../../../simulator/certificate.ts';
import { ProxyError } from '../../../src/edge/connection.ts';
import { networkFailure, type RequestProgress } from '../../../src/edge/network-failure.ts';
import { NotHttp } from '../../../src/edge/response-limit.ts';

// The machine that the tests run on may have one.
const ownAuthorities = process.env['NODE_EXTRA_CA_CERTS'];
beforeEach(() => {
  delete process.env['NODE_EXTRA_CA_CERTS'];
});
afterEach(() => {
  if (ownAuthorities !== undefined) process.env['NODE_EXTRA_CA_CERTS'] = ownAuthorities;
});

describe('an error of the network', () => {
  const error = (code: unknown, message = 'm') => Object.assign(new Error(message), { code });

  test.each([
    [error('ENOTFOUND'), { kind: 'name-not-found' }],
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
    ].map((code): [Error, object] => [
      error(code),
      { kind: 'certificate', code, proxy: undefined, extraAuthorities: 'not-set' },
    ]),
    ...['EHOSTUNREACH', 'ETIMEDOUT'].map((code): [Error, object] => [
      error(code),
      { kind: 'no-connection', detail: code },
    ]),
    ...['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO'].map((code): [Error, object] => [error(code), tls(code)]),
    [error(''), { kind: 'unexpected', error: '' }],
    [error(7), { kind: 'unexpected', error: 'Error' }],
    [new RangeError('m'), { kind: 'unexpected', error: 'RangeError' }],
  ])('%s before there is a connection', (cause, failure) =>
    expect(networkFailure(cause, UNCONNECTED)).toEqual({ ...failure, cause }),
  );

  test.each([
    [error('ECONNRESET'), 'ECONNRESET'],
    [error('ENOTFOUND'), 'ENOTFOUND'],
    [error('CERT_HAS_EXPIRED'), 'CERT_HAS_EXPIRED'],
    [undefined, 'no code'],
  ])('%s on a connection', (cause, code) =>
    expect(networkFailure(cause, CONNECTED)).toEqual({ kind: 'connection-lost', code, cause }),
  );

  test.each([
    [error('HPE_INVALID_CONSTANT'), notHttp('HPE_INVALID_CONSTANT')],
    [new NotHttp('HTTP/2.0'), notHttp('HTTP/2.0')],
    [error('ERR_SSL_BAD_RECORD_TYPE'), tls('ERR_SSL_BAD_RECORD_TYPE')],
    [new TypeError('m'), { kind: 'unexpected', error: 'TypeError' }],
    [
      Object.assign(new TypeError('m'), { code: 'ERR_INVALID_CHAR' }),
      { kind: 'unexpected', error: 'ERR_INVALID_CHAR' },
    ],
    [new Error('m'), { kind: 'unexpected', error: 'Error' }],
    ['a text', { kind: 'unexpected', error: 'no error object' }],
    [{ code: 'ENOTFOUND' }, { kind: 'unexpected', error: 'no error object' }],
  ])('%s on a connection: no loss of it', (cause, failure) =>
    expect(networkFailure(cause, CONNECTED)).toEqual({ ...failure, cause }),
  );

  test.each([
    ['40', false],
    ['41', false],
    ['42', true],
    ['49', true],
    ['50', false],
    ['70', false],
    ['116', true],
  ])('TLS alert %s: whether the other end refuses the client', (alert, refusesClient) => {
    const cause = error(
      'ERR_SSL_X',
      `error:0A000412:SSL routines::x:rec_layer_s3.c:1590:SSL alert number ${alert}`,
    );
    for (const progress of [CONNECTED, UNCONNECTED]) {
      expect(networkFailure(cause, progress)).toMatchObject({ kind: 'tls', refusesClient });
    }
  });

  const proxy = 'proxy:3128';
  test.each([
    [new ProxyError(407, ['NTLM']), { kind: 'proxy-status', proxy, statusCode: 407, schemes: ['NTLM'] }],
    [
      new ProxyError(undefined, [], error('ENOTFOUND')),
      { kind: 'proxy-unreachable', proxy, detail: 'ENOTFOUND' },
    ],
    // The proxy's own, not the server's.
    [
      new ProxyError(undefined, [], error('CERT_HAS_EXPIRED')),
      { kind: 'certificate', code: 'CERT_HAS_EXPIRED', proxy, extraAuthorities: 'not-set' },
    ],
    [
      error('CERT_HAS_EXPIRED'),
      { kind: 'certificate', code: 'CERT_HAS_EXPIRED', proxy: undefined, extraAuthorities: 'not-set' },
    ],
    [new ProxyError(undefined, [], error('EPROTO')), { ...tls('EPROTO'), proxy }],
    [error('EPROTO'), tls('EPROTO')],
    [
      new ProxyError(undefined, [], error('HPE_INVALID_CONSTANT')),
      { ...notHttp('HPE_INVALID_CONSTANT'), proxy },
    ],
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

describe('what became of the file in NODE_EXTRA_CA_CERTS', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'authorities-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const { cert } = selfSigned();
  const der = Buffer.from(cert.replace(/-----.*-----/g, ''), 'base64');

  test.each<[string, string | Buffer, string]>([
    ['a certificate', cert, 'used'],
    [
      'text around it, and line ends of Windows',
      `My authority\r\n${cert.replaceAll('\n', '\r\n')}\r\n`,
      'used',
    ],
    ['two', cert + selfSigned().cert, 'used'],
    ['nothing', '', 'unusable'],
    ['DER', der, 'unusable'],
    ['a byte order mark before it', `\ufeff${cert}`, 'unusable'],
    ['UTF-16', Buffer.from(cert, 'utf16le'), 'unusable'],
    ['a certificate that is none', cert.replace(/\n.{8}/, '\nAAAAAAAA'), 'unusable'],
  ])('%s', (_, contents, extraAuthorities) => {
    const file = join(folder, 'ca.pem');
    writeFileSync(file, contents);
    process.env['NODE_EXTRA_CA_CERTS'] = file;
    const failure = networkFailure(Object.assign(new Error('m'), { code: 'CERT_UNTRUSTED' }), UNCONNECTED);
    expect(failure).toMatchObject({ kind: 'certificate', extraAuthorities });
    // Node itself takes them, or not.
    const script = "process.stdout.write(String(require('tls').getCACertificates?.('extra').length ?? -1))";
    const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    if (stdout !== '-1') expect(Number(stdout) > 0).toBe(extraAuthorities === 'used');
  });

  test.each(['missing.pem', '.'])('%s', (name) => {
    process.env['NODE_EXTRA_CA_CERTS'] = join(folder, name);
    const failure = networkFailure(Object.assign(new Error('m'), { code: 'CERT_UNTRUSTED' }), UNCONNECTED);
    expect(failure).toMatchObject({ extraAuthorities: 'unusable' });
  });
});

function tls(code: string): object {
  return { kind: 'tls', code, proxy: undefined, refusesClient: false };
}

function notHttp(code: string): object {
  return { kind: 'not-http', code, proxy: undefined };
}

const UNCONNECTED: RequestProgress = { proxy: undefined, connected: false, aborted: false };
const CONNECTED: RequestProgress = { ...UNCONNECTED, connected: true };
