import type { NetworkFailure } from '../http.ts';
import { errorName } from '../report/report.ts';
import { ProxyError } from './connection.ts';
import { extraAuthorities } from './extra-authorities.ts';
import { NotHttp } from './response-limit.ts';

/** OpenSSL's verification errors and Node's own, as they stand in `error.code`. */
const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_|INVALID_|PATH_LENGTH_|ERROR_IN_CERT_)/;
/** Other TLS errors of OpenSSL. */
const TLS = /^(ERR_SSL_|EPROTO$)/;

/** How far a request had come when it failed. */
export interface RequestProgress {
  /** `host:port` of the proxy on its way. */
  readonly proxy: string | undefined;
  /** There was a connection to the server, over TLS if that is asked for. */
  readonly connected: boolean;
  /** It was broken off because its time was over. */
  readonly aborted: boolean;
}

/** Says what kind of failure an error from Node stands for. Its message is not shown to anyone. */
export function networkFailure(cause: unknown, progress: RequestProgress): NetworkFailure {
  const { proxy, connected, aborted } = progress;
  if (connected && aborted) return { kind: 'timed-out', cause };
  const atProxy = cause instanceof ProxyError;
  const error = atProxy ? cause.cause : cause;
  if (atProxy && proxy !== undefined && cause.statusCode !== undefined) {
    return { kind: 'proxy-status', proxy, statusCode: cause.statusCode, schemes: cause.schemes, cause };
  }
  return byCode(error, atProxy ? proxy : undefined, connected, cause) ?? lost(error, progress, cause);
}

/** What the error's code says, at the proxy or at the server. */
function byCode(
  error: unknown,
  proxy: string | undefined,
  connected: boolean,
  cause: unknown,
): NetworkFailure | undefined {
  const code = codeOf(error);
  if (error instanceof NotHttp || code.startsWith('HPE_')) return { kind: 'not-http', code, proxy, cause };
  if (TLS.test(code)) return { kind: 'tls', code, proxy, refusesClient: refusesClient(error), cause };
  return CERTIFICATE.test(code) && !connected
    ? { kind: 'certificate', code, proxy, extraAuthorities: extraAuthorities(), cause }
    : undefined;
}

function lost(
  error: unknown,
  { proxy, connected, aborted }: RequestProgress,
  cause: unknown,
): NetworkFailure {
  const code = codeOf(error) || 'no code';
  if (!aborted && isProgramming(error)) return { kind: 'unexpected', error: errorName(error), cause };
  if (connected) return { kind: 'connection-lost', code, cause };
  const detail = aborted ? 'none in time' : code;
  return proxy === undefined
    ? withoutProxy(code, detail, cause)
    : { kind: 'proxy-unreachable', proxy, detail, cause };
}

function withoutProxy(code: string, detail: string, cause: unknown): NetworkFailure {
  switch (code) {
    case 'ENOTFOUND':
      return { kind: 'name-not-found', cause };
    case 'EAI_AGAIN':
      return { kind: 'name-not-resolved', cause };
    case 'ECONNREFUSED':
      return { kind: 'connection-refused', cause };
    default:
      return { kind: 'no-connection', detail, cause };
  }
}

/**
 * TLS alerts about the client's certificate (RFC 8446, 6.2): 42 to 49, and 116 if there is none. With TLS 1.3 they come after
 * the client's side of the handshake is done, and the server has read no request by then.
 */
function refusesClient(error: unknown): boolean {
  const number = error instanceof Error ? Number(/SSL alert number (\d+)/.exec(error.message)?.[1]) : 0;
  return (number >= 42 && number <= 49) || number === 116;
}

/** Errors of the network have a code, and so do Node's errors about wrong arguments. */
function isProgramming(error: unknown): boolean {
  if (error === undefined) return false;
  return codeOf(error) === '' || (error instanceof Error && ['TypeError', 'RangeError'].includes(error.name));
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
