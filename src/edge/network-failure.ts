import type { NetworkFailure } from '../exchange/delivery.ts';

/** OpenSSL's verification errors and Node's own, as they stand in `error.code`. */
const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_|INVALID_|PATH_LENGTH_|ERROR_IN_CERT_)/;

/** How far a request had come when it failed. */
export interface Progress {
  /** There was a connection to the server, over TLS if that is asked for. */
  readonly connected: boolean;
  /** It was broken off because its time was over. */
  readonly aborted: boolean;
}

/** Says what kind of failure an error from `http` stands for. Its message is not shown to anyone. */
export function networkFailure(cause: unknown, { connected, aborted }: Progress): NetworkFailure {
  if (aborted)
    return connected
      ? { kind: 'timed-out', cause }
      : { kind: 'no-connection', detail: 'none in time', cause };
  const { message, code } = read(cause);
  // The tunnel gives each of its errors the code ECONNRESET; only the message tells them apart.
  if (message.startsWith('tunneling socket')) return { kind: 'proxy', detail: proxyDetail(message), cause };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'name-not-resolved', cause };
  if (code === 'ECONNREFUSED') return { kind: 'connection-refused', cause };
  if (CERTIFICATE.test(code)) return { kind: 'certificate', code, cause };
  const detail = code || 'no code';
  return connected
    ? { kind: 'connection-lost', code: detail, cause }
    : { kind: 'no-connection', detail, cause };
}

function read(cause: unknown): { message: string; code: string } {
  if (!(cause instanceof Error)) return { message: '', code: '' };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return { message: cause.message, code };
}

/** The status or the error code in a message of the tunnel, and nothing else of it. */
function proxyDetail(message: string): string {
  const status = /statusCode=(\d{3})/.exec(message)?.[1];
  return status === undefined ? (/\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? 'no details') : `HTTP ${status}`;
}
