import type { HttpResponse } from '../http.ts';
import { type ErrorObject, readErrorObject } from './error-object.ts';
import { parseJson } from './json.ts';

/** What an answer holds that is none of the vendor's words, for the sentence that tells of it. */
export type UnrecognizedBody =
  | 'a web page'
  | 'a text'
  | "JSON that is not the API's"
  | 'an empty answer'
  | 'more than 64 KiB'
  | 'an encoding that was not asked for'
  | 'an answer that broke off';

/** What was said in an answer, whoever said it. */
export type ParsedBody =
  | { readonly kind: 'error-object'; readonly error: ErrorObject }
  | { readonly kind: 'json'; readonly value: unknown }
  /** Nothing, and certainly so. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unrecognized'; readonly what: UnrecognizedBody };

/** Reads an answer: complete, at most 64 KiB, and in the encoding that was asked for, or it says nothing. */
export function parseBody({ headers, body }: HttpResponse): ParsedBody {
  if (body.kind === 'too-large') return { kind: 'unrecognized', what: 'more than 64 KiB' };
  if (body.kind === 'broken') return { kind: 'unrecognized', what: 'an answer that broke off' };
  if (!['', 'identity'].includes(headers.contentEncoding?.trim().toLowerCase() ?? '')) {
    return { kind: 'unrecognized', what: 'an encoding that was not asked for' };
  }
  if (body.text.trim() === '') {
    return body.endIsCertain ? { kind: 'empty' } : { kind: 'unrecognized', what: 'an empty answer' };
  }
  const json = parseJson(body.text);
  if (json === undefined)
    return { kind: 'unrecognized', what: isPage(headers.contentType, body.text) ? 'a web page' : 'a text' };
  const error = readErrorObject(json.value);
  return error === undefined ? { kind: 'json', value: json.value } : { kind: 'error-object', error };
}

function isPage(contentType: string | undefined, text: string): boolean {
  return /html/i.test(contentType ?? '') || /^\s*<(!doctype|html|head|body|\?xml|title|h1)/i.test(text);
}
