import { members } from './json.ts';

/** What an error object says, as the server wrote it. */
export interface ErrorObject {
  readonly code: string;
  readonly description: string;
  /** All that it says in words, to be judged: a second text, or `details`, may say more than what is shown. */
  readonly text: string;
  /** Only version 3 has one; otherwise empty. */
  readonly requestId: string;
  /** The statuses that the object repeats; `NaN` for one that is no number. */
  readonly statuses: readonly number[];
}

/** The vendor's form of a code, as in `AUTH_01`, `UI_10000` and `IDS_085`: Google's, Azure's and Spring's have others. */
const CODE = /^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*_[0-9]+$/;
const STATUS_NAMES = ['statusCode', 'status', 'httpStatus', 'httpStatusCode'];

/** Whether a code has the vendor's form. */
export function isVendorCode(code: string): boolean {
  return CODE.test(code);
}

/**
 * Reads the vendor's error object, undefined for everything else: v2, `@type` `error` with its other fields optional; v3,
 * `{"error":{"code","message"}}`, or flat, `{"code","message"|"description"}`. Either may come from a call of the other version.
 */
export function readErrorObject(json: unknown): ErrorObject | undefined {
  const outer = members(json);
  if (outer === undefined) return undefined;
  if (outer['@type'] === 'error') return errorObject(outer, outer);
  const inner = members(outer['error']);
  if (inner !== undefined) return hasCode(inner) ? errorObject(inner, { ...outer, ...inner }) : undefined;
  const says = typeof outer['message'] === 'string' || typeof outer['description'] === 'string';
  return hasCode(outer) && says ? errorObject(outer, outer) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function errorObject(fields: Fields, withStatus: Fields): ErrorObject {
  const details = [fields['details']].flat().map((detail) => members(detail) ?? { message: detail });
  const texts = [fields, ...details].flatMap(({ description, message }: Fields) => [description, message]);
  const statuses = STATUS_NAMES.map((name) => withStatus[name]);
  return {
    code: text(fields['code']),
    description: text(fields['description']) || text(fields['message']),
    text: texts.map(text).filter(Boolean).join('; '),
    requestId: text(fields['requestId']),
    statuses: statuses.filter((status) => status !== undefined && status !== null).map(statusOf),
  };
}

function statusOf(value: unknown): number {
  const status = text(value).trim();
  return status === '' ? Number.NaN : Number(status);
}

function hasCode({ code }: Fields): boolean {
  return typeof code === 'string' && isVendorCode(code);
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
