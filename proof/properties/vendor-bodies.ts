import * as fc from 'fast-check';
import type { About, Form } from '../responses/form.ts';
import { oneOf, weighted } from './draw.ts';
import { sessionIds } from './input-arbitrary.ts';

const odd = fc.constantFrom<unknown[]>(null, [], {}, true, { toString: 1, valueOf: 1 });
const CODES = 'AUTH_01 AUTH_01 UI_10000 IDS_085 IDS_086 UI_10010 COMMON_404 V3_API_1';

/** Becomes an output unchanged, so it must look like an id. */
const ORGANIZATION_ID = '000001';
const SERVER_URL = 'https://usw3.dm-us.informaticacloud.com/saas';

interface ErrorObject {
  readonly form: {
    readonly about: About;
    readonly code?: string | undefined;
    readonly statusCode?: number | undefined;
  };
  readonly json: unknown;
}

type V2Fields = Partial<Record<'code' | 'description' | 'message' | 'statusCode', unknown>>;

/** An error object in one of the vendor's forms. */
export function errorObject(text: fc.Arbitrary<string>): fc.Arbitrary<ErrorObject> {
  const said = weighted<unknown>([8, text], [1, odd]);
  const v2 = fc
    .record(
      {
        code: weighted<unknown>([3, oneOf(CODES)], [2, said]),
        description: said,
        message: said,
        statusCode: weighted<unknown>([6, fc.constantFrom<unknown[]>(401, 403, 404, 500, '401')], [1, odd]),
        requestId: said,
      },
      { requiredKeys: [] },
    )
    .map((fields) => ({
      form: {
        about: isBare(fields) ? 'session' : aboutOf(asText(fields.code)),
        code: asText(fields.code),
        statusCode: Number(asText(fields.statusCode)) || undefined,
      },
      json: { '@type': 'error', ...fields },
    }));
  const inner = fc.record(
    { code: oneOf(CODES), message: said, requestId: text, details: odd },
    { requiredKeys: ['code'] },
  );
  const v3 = inner.map((error) => ({
    form: { about: aboutOf(error.code), code: error.code },
    json: { error },
  }));
  const flat = fc
    .record({ code: oneOf(CODES), message: text, requestId: text })
    .map((fields) => ({ form: { about: aboutOf(fields.code), code: fields.code }, json: fields }));
  // A text that begins in one field and ends in another.
  const split = fc.tuple(text, fc.nat(40)).map(([whole, at]) => {
    const [code, description] = [whole.slice(0, at), whole.slice(at)];
    return {
      form: { about: aboutOf(code), code, statusCode: 403 },
      json: { '@type': 'error', code, description, statusCode: 403 },
    };
  });
  return weighted<ErrorObject>([4, v2], [3, v3], [1, flat], [1, split]);
}

/** The texts are drawn at random and about nothing: only a code says what an error object is about. */
function aboutOf(code: string): About {
  if (code === 'AUTH_01') return 'session';
  return ['UI_10000', 'IDS_085', 'IDS_086'].includes(code) ? 'account' : 'nothing';
}

/** Without a code or a text it is as good as an empty 401, unless its status cannot be read. */
function isBare({ code, description, message, statusCode }: V2Fields): boolean {
  const isReadable = statusCode === undefined || statusCode === null || Number(asText(statusCode)) > 0;
  return isReadable && [code, description, message].every((field) => asText(field) === '');
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** A user object in the forms of both versions, or what nearly is one. */
export function userObject(
  text: fc.Arbitrary<string>,
): fc.Arbitrary<{ readonly form: Form; readonly json: unknown }> {
  const id = weighted<readonly [string, boolean]>(
    [3, sessionIds.map((given) => [given, true])],
    [1, oneOf('see_you null $ID').map((given) => [given, false])],
    [1, text.map((given) => [`${given} !`, false])],
  );
  const url = weighted(
    [4, fc.constant(SERVER_URL)],
    [1, text],
    [1, oneOf('https://evil.example/saas http://x')],
  );
  return fc.tuple(id, url, text, text).map(([[given, hasId], serverUrl, name, said]) => ({
    form: { kind: 'user-object', hasId },
    json: {
      '@type': 'user',
      icSessionId: given,
      serverUrl,
      name,
      orgId: ORGANIZATION_ID,
      securityAnswer: said,
      userInfo: { sessionId: given, name, orgId: ORGANIZATION_ID },
      products: [{ name: said, baseApiUrl: serverUrl }],
    },
  }));
}

/** A response of validSessionId. */
export function validity(
  text: fc.Arbitrary<string>,
): fc.Arbitrary<{ readonly form: Form; readonly json: unknown }> {
  return fc.tuple(fc.boolean(), text).map(([isValid, said]) => ({
    form: { kind: 'validity', isValid },
    json: { '@type': 'validatedToken', isValidToken: isValid, timeUntilExpire: said },
  }));
}

export const SUCCESS = [
  {},
  { '@type': 'success' },
  { '@type': 'SUCCESS', id: 1 },
  { success: true, status: 200 },
];
