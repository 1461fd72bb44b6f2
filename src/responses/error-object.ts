import { members } from './json.ts';

/** What an error object says, as the server wrote it. */
export interface ErrorObject {
  readonly code: string;
  readonly description: string;
  /** Where v3 gives one; else empty. */
  readonly requestId: string;
  /** v2 repeats the status in the object. */
  readonly statusCode: number | undefined;
}

/** The vendor's form of a code, as in `AUTH_01`, `UI_10000` and `IDS_085`: Google's, Azure's and Spring's have others. */
const CODE = /^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*_[0-9]+$/;

/**
 * Reads the vendor's error object, undefined for everything else: v2, `@type` `error` with its other fields optional; v3,
 * `{"error":{"code","message"}}`, or flat, `{"code","message"|"description"}`. Either may come from a call of the other version.
 */
export function readErrorObject(json: unknown): ErrorObject | undefined {
  const outer = members(json);
  if (outer === undefined) return undefined;
  if (outer['@type'] === 'error') return errorObject(outer);
  const inner = members(outer['error']);
  if (inner !== undefined) return hasCode(inner) ? errorObject(inner) : undefined;
  const says = typeof outer['message'] === 'string' || typeof outer['description'] === 'string';
  return hasCode(outer) && says ? errorObject(outer) : undefined;
}

function errorObject(fields: Readonly<Record<string, unknown>>): ErrorObject {
  return {
    code: text(fields['code']),
    description: text(fields['description']) || text(fields['message']),
    requestId: text(fields['requestId']),
    statusCode: Number(text(fields['statusCode'])) || undefined,
  };
}

function hasCode({ code }: Readonly<Record<string, unknown>>): boolean {
  return typeof code === 'string' && CODE.test(code);
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
