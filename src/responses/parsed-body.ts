import type { HttpResponse } from '../http.ts';
import { type ErrorObject, readErrorObject } from './error-object.ts';
import { parseJson } from './json.ts';

/** What a body is that did not come from the API. */
export type UnrecognizedBody = 'web-page' | 'text' | 'json' | 'empty' | 'too-large' | 'encoded' | 'cut-off';

/** What a body says, whoever sent it. */
export type ParsedBody =
  | { readonly kind: 'error-object'; readonly error: ErrorObject; readonly value: unknown }
  | { readonly kind: 'json'; readonly value: unknown }
  /** Empty and complete. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unrecognized'; readonly body: UnrecognizedBody };

/** Parses a body. It counts only if it is complete, at most 64 KiB and not encoded. */
export function parseBody({ headers, body }: HttpResponse): ParsedBody {
  if (body.kind === 'too-large') return { kind: 'unrecognized', body: 'too-large' };
  if (body.kind === 'broken') return { kind: 'unrecognized', body: 'cut-off' };
  if (!['', 'identity'].includes(headers.contentEncoding?.trim().toLowerCase() ?? '')) {
    return { kind: 'unrecognized', body: 'encoded' };
  }
  if (body.text.trim() === '') {
    return body.endIsCertain ? { kind: 'empty' } : { kind: 'unrecognized', body: 'empty' };
  }
  const json = parseJson(body.text);
  if (json === undefined) {
    return { kind: 'unrecognized', body: isPage(headers.contentType, body.text) ? 'web-page' : 'text' };
  }
  const error = readErrorObject(json.value);
  const { value } = json;
  return error === undefined ? { kind: 'json', value } : { kind: 'error-object', error, value };
}

function isPage(contentType: string | undefined, text: string): boolean {
  return /html/i.test(contentType ?? '') || /^\s*<(!doctype|html|head|body|\?xml|title|h1)/i.test(text);
}
