import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES, type NetworkFailure, type ResponseBody } from '../http.ts';
import { decode } from './content-coding.ts';
import { NotHttp } from './response-limit.ts';

/** Data that cannot be compressed is longer with a coding than without. */
const MAX_ENCODED_BYTES = MAX_BODY_BYTES + 1024;

/** A response whose body has not been read yet. */
export interface PendingResponse {
  readonly message: IncomingMessage;
  /** Node reports on the request a body that it cannot parse, and TLS that fails during the body. */
  readonly requestError: () => unknown;
}

/** Reads the body of a response; `contentEncoding` is the coding that it still has. Never rejects. */
export async function readBody(
  response: PendingResponse,
  failureOf: (error: unknown) => NetworkFailure,
): Promise<{ readonly body: ResponseBody; readonly contentEncoding: string | undefined }> {
  const { message } = response;
  const contentEncoding = message.headers['content-encoding'];
  const endIsCertain = hasCertainEnd(message);
  const complete = (text: string): ResponseBody => ({ kind: 'complete', text, endIsCertain });
  // An upgrade: the bytes that follow belong to a protocol that was not requested.
  if (message.statusCode === 101) return { body: complete(''), contentEncoding };
  const read = await receive(response, failureOf);
  if (!(read instanceof Uint8Array)) return { body: read, contentEncoding };
  const decoded = await decode(read, contentEncoding ?? '');
  if (decoded === undefined) return { body: complete(read.toString()), contentEncoding };
  const isTooLarge = decoded === 'too-large' || decoded.length > MAX_BODY_BYTES;
  return {
    body: isTooLarge ? { kind: 'too-large' } : complete(decoded.toString()),
    contentEncoding: undefined,
  };
}

/**
 * The body as received. Uses events, because the modules for a loop over a stream take a millisecond to load. Copies into one
 * buffer, because a chunk keeps the whole memory block that it was received in.
 */
function receive(
  { message, requestError }: PendingResponse,
  failureOf: (error: unknown) => NetworkFailure,
): Promise<Buffer | ResponseBody> {
  const received = Buffer.allocUnsafe(MAX_ENCODED_BYTES);
  let bytes = 0;
  return new Promise((resolve) => {
    const broken = (error?: unknown) => {
      const cause = requestError() ?? error;
      resolve(
        cause instanceof NotHttp ? { kind: 'too-large' } : { kind: 'broken', failure: failureOf(cause) },
      );
    };
    message.on('error', broken).once('close', broken);
    // It may have closed before the listeners were added.
    if (message.destroyed) broken();
    message.on('data', (chunk: Buffer) => {
      if (bytes + chunk.length > MAX_ENCODED_BYTES) {
        resolve({ kind: 'too-large' });
        return;
      }
      chunk.copy(received, bytes);
      bytes += chunk.length;
    });
    message.once('end', () => resolve(received.subarray(0, bytes)));
  });
}

/** Whether something other than the end of the connection marks the end of the body (RFC 9112, 6.3). */
function hasCertainEnd({ statusCode, headers }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding'];
  if (statusCode === 204) return true;
  if (statusCode === 101) return false;
  return coding === undefined ? headers['content-length'] !== undefined : /(^|,)\s*chunked\s*$/i.test(coding);
}
