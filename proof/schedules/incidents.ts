import type { Purpose } from '../responses/form.ts';
import { UNTRUSTED, userObject, withId, withServerUrl } from '../virtual/user-objects.ts';
import {
  answer,
  arrives,
  arrivesAltered,
  dead,
  gateway,
  type Happenings,
  json,
  lost,
  noAnswer,
  other,
  refusal,
  v2,
  v3,
  vendorSays,
} from './happening.ts';

const NOTHING = { kind: 'nothing' } as const;
const RESET = noAnswer({ kind: 'connection-lost', code: 'ECONNRESET', cause: undefined });
const UNCLEAR_4XX = { atMost: { kind: 'unclear 4xx', times: 2 } } as const;
const SIGN_IN = '<html>Sign in</html>';
const HTML = { contentType: 'text/html' } as const;
/** The vendor's own words, from someone else. */
const FALSE_AUTH_01 = v2(401, 'AUTH_01');

/** What happens on every network and at every vendor. */
const COMMON = {
  'answer-lost': arrives(NOTHING, RESET),
  'request-lost': lost({ came: NOTHING }, RESET),
  stall: lost({ came: NOTHING }, undefined),
  'connection-refused': lost(
    { came: NOTHING, unheard: true },
    noAnswer({ kind: 'connection-refused', cause: undefined }, false),
  ),
  'gateway-429': other(answer(429, '{}')),
  'gateway-502-after-effect': arrives({ kind: 'other', status: 502 }, answer(502, '{}')),
  'gateway-503-page': other(answer(503, SIGN_IN, HTML)),
  'gateway-200-page': other(answer(200, SIGN_IN, HTML)),
  'gateway-302-portal': other(answer(302, '', { location: 'https://portal.example/' }), {
    atMost: { kind: 'redirect', times: 1 },
  }),
  'gateway-401-page': other(answer(401, SIGN_IN, { ...HTML, wwwAuthenticate: 'NTLM' }), UNCLEAR_4XX),
  'vendor-403': refusal(403, v2(403, 'UI_10001', 'Not from this address')),
} as const satisfies Happenings;

/** What is rarer. */
const RARE = {
  'answer-breaks-off': arrives(NOTHING, {
    ...answer(200, ''),
    body: { kind: 'broken', failure: { kind: 'connection-lost', code: 'ECONNRESET', cause: undefined } },
  }),
  'stall-after-effect': arrives(NOTHING, undefined),
  certificate: lost(
    { came: NOTHING, unheard: true, atMost: { kind: 'certificate', times: 2 } },
    noAnswer(
      {
        kind: 'certificate',
        code: 'CERT_HAS_EXPIRED',
        proxy: undefined,
        extraAuthorities: 'not-set',
        cause: undefined,
      },
      false,
    ),
  ),
  'proxy-407': lost(
    { came: NOTHING, unheard: true, atMost: { kind: 'proxy 407', times: 1 } },
    noAnswer(
      {
        kind: 'proxy-status',
        proxy: 'proxy.example.com:3128',
        statusCode: 407,
        schemes: [],
        cause: undefined,
      },
      false,
    ),
  ),
  'gateway-429-retry-after': other(answer(429, '{}', { retryAfter: '3' })),
  'gateway-503-retry-after-too-long': other(answer(503, '{}', { retryAfter: '3600' })),
  'gateway-502-before-effect': other(answer(502, '{}')),
  'gateway-200-success-false': other(answer(200, '{"success":false}')),
  'gateway-202': other(answer(202, '')),
  'gateway-200-empty-without-end': other(answer(200, '', {}, false)),
  'gateway-403-page': other(answer(403, '<html>Blocked</html>', HTML), UNCLEAR_4XX),
  'gateway-404-page': other(answer(404, '<html>Not found</html>', HTML), UNCLEAR_4XX),
  'gateway-401-empty-www-authenticate': other(answer(401, '', { wwwAuthenticate: 'Basic' }), UNCLEAR_4XX),
  'gateway-401-bare': gateway({ kind: 'bare-401' }, answer(401, '')),
  'gateway-200-empty': gateway({ kind: 'success' }, answer(200, '')),
  'vendor-500-error-401': refusal(500, v2(401, 'UI_10010'), { statusCode: 401 }),
  'vendor-200-error': refusal(200, v3('IDS_001')),
  'vendor-404': refusal(404, v3('COMMON_404')),
} as const satisfies Happenings;

const PASSWORD_401 = {
  'password-401': refusal(401, v2(401, 'UI_10000'), { statusCode: 401, code: 'UI_10000' }),
} as const satisfies Happenings;

const RARE_PASSWORD = {
  'password-500': refusal(500, v2(500, 'UI_10000'), { code: 'UI_10000' }),
  'password-locked-200': refusal(200, v3('IDS_086'), { code: 'IDS_086' }),
  'password-503-auth-01': refusal(503, v3('AUTH_01'), { code: 'AUTH_01' }),
} as const satisfies Happenings;

const DEAD_401 = { 'dead-401': dead('error-401') } as const satisfies Happenings;

const RARE_SESSION_ID = {
  'dead-auth-01-403': dead('auth-01-403'),
  'dead-401-bare': dead('empty-401'),
  'gateway-auth-01': gateway(
    { kind: 'error', status: 401, statusCode: 401, code: 'AUTH_01' },
    answer(401, JSON.stringify(FALSE_AUTH_01)),
  ),
} as const satisfies Happenings;

/** A session that must not be handed on, or that is none. */
const FLAWED = {
  'untrusted-server-url': arrivesAltered({ kind: 'user-object', hasId: true }, withServerUrl(UNTRUSTED)),
  'no-session-id-by-shape': arrivesAltered({ kind: 'user-object', hasId: false }, withId('see you later')),
  'gateway-user-object': gateway(
    { kind: 'user-object', hasId: true },
    json(200, userObject('FORGED0123456789')),
  ),
} as const satisfies Happenings;

const validity = (isValid: boolean) =>
  [
    { kind: 'validity', isValid },
    200,
    { '@type': 'validatedToken', timeUntilExpire: 0, isValidToken: isValid },
  ] as const;

/** What becomes of the question whether a session is alive; the vendor's answer need not be true. */
const VALIDITY = {
  'answer-lost': COMMON['answer-lost'],
  'gateway-200-page': COMMON['gateway-200-page'],
  'says-dead': vendorSays(...validity(false)),
  'says-valid': vendorSays(...validity(true)),
  'dead-session': refusal(401, v2(401, 'AUTH_01'), { statusCode: 401, code: 'AUTH_01' }),
} as const satisfies Happenings;

/** Which happenings a schedule is made of. */
export type Breadth = 'common' | 'all';

const LOGIN = {
  common: { ...COMMON, ...PASSWORD_401, ...FLAWED },
  all: { ...COMMON, ...RARE, ...PASSWORD_401, ...RARE_PASSWORD, ...FLAWED },
} as const;

const HAPPENINGS: Readonly<Record<Purpose, Readonly<Record<Breadth, Happenings>>>> = {
  logout: {
    common: { ...COMMON, ...DEAD_401 },
    all: { ...COMMON, ...RARE, ...DEAD_401, ...RARE_SESSION_ID },
  },
  logoutall: {
    common: { ...COMMON, ...PASSWORD_401 },
    all: { ...COMMON, ...RARE, ...PASSWORD_401, ...RARE_PASSWORD },
  },
  login: LOGIN,
  'token-login': LOGIN,
  validity: {
    common: VALIDITY,
    all: { ...VALIDITY, stall: COMMON.stall, 'gateway-401-page': COMMON['gateway-401-page'] },
  },
};

/** What can befall a request that asks for this. */
export function happenings(purpose: Purpose, breadth: Breadth): Happenings {
  return HAPPENINGS[purpose][breadth];
}
