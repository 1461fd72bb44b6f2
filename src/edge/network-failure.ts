import type { NetworkFailure } from '../http.ts';
import { ProxyError } from './connection.ts';

/** OpenSSL's verification errors and Node's own, as they stand in `error.code`. */
const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_|INVALID_|PATH_LENGTH_|ERROR_IN_CERT_)/;

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
export function networkFailure(
  cause: unknown,
  { proxy, connected, aborted }: RequestProgress,
): NetworkFailure {
  const atProxy = cause instanceof ProxyError;
  const code = codeOf(atProxy ? cause.cause : cause) || 'no code';
  if (connected) return aborted ? { kind: 'timed-out', cause } : { kind: 'connection-lost', code, cause };
  if (CERTIFICATE.test(code)) return { kind: 'certificate', code, proxy: atProxy ? proxy : undefined, cause };
  const detail = aborted ? 'none in time' : code;
  if (proxy === undefined) return withoutProxy(code, detail, cause);
  return atProxy && cause.statusCode !== undefined
    ? { kind: 'proxy-status', proxy, statusCode: cause.statusCode, cause }
    : { kind: 'proxy-unreachable', proxy, detail, cause };
}

function withoutProxy(code: string, detail: string, cause: unknown): NetworkFailure {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { kind: 'name-not-resolved', cause };
    case 'ECONNREFUSED':
      return { kind: 'connection-refused', cause };
    default:
      return { kind: 'no-connection', detail, cause };
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
