import { members } from './json.ts';

/**
 * Whether an answer under 200 or 204 is a success: empty (`undefined`), or a success object, of which no document shows
 * the exact form; undefined where it is neither.
 */
export function readSuccess(json: unknown): true | undefined {
  if (json === undefined) return true;
  const fields = members(json);
  if (fields === undefined) return undefined;
  const type = fields['@type'];
  const named = typeof type === 'string' && type.toLowerCase() === 'success';
  const says = named || fields['success'] === true || Object.keys(fields).length === 0;
  const denies =
    ['error', 'errors', 'fault'].some((name) => name in fields) ||
    fields['success'] === false ||
    [fields['statusCode'], fields['status']].some((status) => Number(status) >= 300);
  return says && !denies ? true : undefined;
}
