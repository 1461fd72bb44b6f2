import { members } from './json.ts';
import { wordsOf } from './words.ts';

const SUCCESS_STATUSES = ['200', '204', 'OK', 'SUCCESS'];
const STATUS_NAMES = ['statusCode', 'status', 'code'];
/** Members that may come with `success: true`. They say nothing about the outcome. */
const HARMLESS_NAMES = ['id', 'message', 'description', 'requestId', 'timestamp'];
/** `errorCode`, `has-failed` and `redirectUrl` all have such a word. */
const DENIAL = /^(err|fail|fault|redirect)/;

/**
 * Whether a response under 200 or 204 is a success: empty (`undefined`), or a success object. The vendor documents no exact
 * form, so harmless members are accepted. Returns undefined if it is neither.
 */
export function readSuccess(json: unknown): true | undefined {
  if (json === undefined) return true;
  const fields = members(json);
  if (fields === undefined) return undefined;
  const entries = Object.entries(fields);
  const isSuccess =
    entries.length === 0 ||
    (isSuccessType(fields['@type']) && !entries.some(denies)) ||
    (fields['success'] === true && entries.every(isHarmless));
  return isSuccess ? true : undefined;
}

type Member = readonly [name: string, value: unknown];

function isSuccessType(type: unknown): boolean {
  return typeof type === 'string' && type.toLowerCase() === 'success';
}

function denies([name, value]: Member): boolean {
  // `http_status` and `StatusCode` as well: what denies a success has no known form.
  if (/^(http)?(status|code|statuscode)$/i.test(name.replace(/[_-]/g, ''))) return !isStatusOfSuccess(value);
  return (
    value === false ||
    (typeof value === 'string' && /^false$/i.test(value)) ||
    wordsOf(name).some((word) => DENIAL.test(word))
  );
}

function isHarmless([name, value]: Member): boolean {
  if (name === 'success') return true;
  if (name === '@type') return isSuccessType(value);
  if (STATUS_NAMES.includes(name)) return isStatusOfSuccess(value);
  return HARMLESS_NAMES.includes(name) && (value === null || isTextOrNumber(value));
}

function isStatusOfSuccess(status: unknown): boolean {
  return isTextOrNumber(status) && SUCCESS_STATUSES.includes(String(status).toUpperCase());
}

function isTextOrNumber(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
