import type { NetworkFailure } from '../exchange/delivery.ts';

/** OpenSSL's verification errors and Node's own, as they stand in `error.code`. */
const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|ERROR_IN_CERT_)/;

/** Says what kind of failure an error from `http` stands for. Its message is not shown to anyone. */
export function networkFailure(cause: unknown): NetworkFailure {
  const { message, code, name } = read(cause);
  if (name === 'AbortError') return { kind: 'timed-out', cause };
  // The tunnel gives each of its errors the code ECONNRESET; only the message tells them apart.
  if (message.startsWith('tunneling socket')) return { kind: 'proxy', detail: proxyDetail(message), cause };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'name-not-resolved', cause };
  if (code === 'ECONNREFUSED') return { kind: 'connection-refused', cause };
  if (CERTIFICATE.test(code)) return { kind: 'certificate', code, cause };
  return { kind: 'connection-lost', code: code || 'no code', cause };
}

function read(cause: unknown): { message: string; code: string; name: string } {
  if (!(cause instanceof Error)) return { message: '', code: '', name: '' };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return { message: cause.message, code, name: cause.name };
}

/** The status or the error code in a message of the tunnel, and nothing else of it. */
function proxyDetail(message: string): string {
  const status = /statusCode=(\d{3})/.exec(message)?.[1];
  return status === undefined ? (/\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? 'no details') : `HTTP ${status}`;
}
