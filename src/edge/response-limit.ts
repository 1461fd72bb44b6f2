import type { ClientRequest } from 'node:http';

/** The limit for the headers of a response. A session id can be a JWT of 16,000 characters, and a cookie may repeat it. */
export const MAX_HEADER_BYTES = 64 * 1024;

/** Headers and body have 64 KiB each at the most; the rest is room for chunks of one byte. */
const MAX_WIRE_BYTES = 1024 * 1024;

/** A response that Node parses although it is not HTTP/1.x, or that never ends. */
export class NotHttp extends Error {
  readonly code: string;

  constructor(code: string) {
    super('Not an HTTP/1.x response');
    this.code = code;
  }
}

/**
 * Ends the connection of a request after 1 MiB. Node's own limits don't count blanks before a value or responses 1xx, and they
 * count extensions for each chunk anew. The function returned takes the limit away.
 */
export function limitResponse(request: ClientRequest): () => void {
  let bytes = 0;
  let lift = () => {};
  request.once('socket', (socket) => {
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_WIRE_BYTES) socket.destroy(new NotHttp('more than 1 MiB'));
    };
    socket.on('data', count);
    lift = () => socket.off('data', count);
  });
  return () => lift();
}
