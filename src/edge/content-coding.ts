import { MAX_BODY_BYTES } from '../http.ts';

/**
 * Undoes the content coding of a body (RFC 9110, 8.4.1): `identity` was requested, but gateways don't always listen. No more than
 * 64 KiB come out of it, whatever went in. Undefined if the coding is not supported, or the body does not match it.
 */
export async function decode(
  body: Buffer,
  contentEncoding: string,
): Promise<Buffer | 'too-large' | undefined> {
  const coding = contentEncoding.trim().toLowerCase();
  if (coding === '' || coding === 'identity') return body;
  if (!['gzip', 'x-gzip', 'deflate', 'br'].includes(coding)) return undefined;
  if (body.length === 0) return body;
  // Takes a while to load, and is rarely needed.
  const zlib = await import('node:zlib');
  const options = { maxOutputLength: MAX_BODY_BYTES };
  try {
    if (coding === 'br') return zlib.brotliDecompressSync(body, options);
    if (coding !== 'deflate') return zlib.gunzipSync(body, options);
    return hasZlibHeader(body) ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options);
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? 'too-large' : undefined;
  }
}

/** RFC 1950, 2.2. Some servers send only what is inside it. */
function hasZlibHeader(body: Buffer): boolean {
  return body.length >= 2 && (body.readUInt8(0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}
