import type { Purpose } from '../responses/form.ts';
import { UNTRUSTED, userObject, withId, withServerUrl } from '../virtual/user-objects.ts';
import { NO_HEADERS } from '../virtual/vendor.ts';
import {
  arrives,
  arrivesAltered,
  dead,
  gateway,
  type Happening,
  type Happenings,
  lost,
  noResponse,
  vendorSays,
} from './happening.ts';

const NOTHING = { kind: 'nothing' } as const;
const RESET = noResponse({ kind: 'connection-lost', code: 'ECONNRESET', cause: undefined });
const BAD_PASSWORD = '{"@type":"error","code":"UI_10000","statusCode":401}';
const AUTH_01 = '{"@type":"error","code":"AUTH_01","statusCode":401}';
const REJECTED = '{"error":{"code":"MIG_MIGRATION_SERVICE_0001","message":"x"}}';

/** Common events. */
const COMMON = {
  'response-lost': arrives(NOTHING, RESET),
  'request-lost': lost({ form: NOTHING }, RESET),
  stall: lost({ form: NOTHING }, undefined),
  'connection-refused': lost(
    { form: NOTHING, neverSent: true },
    noResponse({ kind: 'connection-refused', cause: undefined }, false),
  ),
  'gateway-429': gateway(429, '{}'),
  'gateway-502-after-effect': vendorSays(502, '{}', true),
  'gateway-503-page': gateway(503, 'a page'),
  'gateway-200-page': gateway(200, 'a page'),
  'gateway-302-portal': gateway(302, 'no body'),
  'gateway-401-page': gateway(401, 'a page', 'WWW-Authenticate'),
  'vendor-403': vendorSays(403, 'an error about the address'),
} as const satisfies Happenings;

/** Rare events. */
const RARE = {
  'response-breaks-off': arrives(NOTHING, {
    kind: 'response',
    statusCode: 200,
    headers: NO_HEADERS,
    body: { kind: 'broken', failure: { kind: 'connection-lost', code: 'ECONNRESET', cause: undefined } },
  }),
  'stall-after-effect': arrives(NOTHING, undefined),
  certificate: lost(
    { form: NOTHING, neverSent: true, atMost: { kind: 'certificate', times: 2 } },
    noResponse(
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
    { form: NOTHING, neverSent: true, atMost: { kind: 'proxy 407', times: 1 } },
    noResponse(
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
  'gateway-429-retry-after': gateway(429, '{}', 'Retry-After'),
  'gateway-503-retry-after-too-long': gateway(503, '{}', {
    name: 'too long',
    lines: [['Retry-After', '3600']],
  }),
  'gateway-502-before-effect': gateway(502, '{}'),
  'gateway-200-success-false': gateway(200, '{"success":false}'),
  'gateway-202': gateway(202, 'no body'),
  'gateway-200-empty-without-end': gateway(200, 'no body', 'no length'),
  'gateway-403-page': gateway(403, 'a page'),
  'gateway-404-page': gateway(404, 'a page'),
  'gateway-401-empty-www-authenticate': gateway(401, 'no body', 'WWW-Authenticate'),
  'gateway-401-bare': gateway(401, 'no body'),
  'gateway-200-empty': gateway(200, 'no body'),
  'vendor-500-error-401': vendorSays(500, '{"@type":"error","code":"UI_10010","statusCode":401}'),
  'vendor-200-error': vendorSays(200, REJECTED),
  'vendor-404': vendorSays(404, REJECTED),
} as const satisfies Happenings;

const PASSWORD_401 = {
  'password-401': vendorSays(401, BAD_PASSWORD),
} as const satisfies Happenings;

const RARE_PASSWORD = {
  'password-500': vendorSays(500, '{"@type":"error","code":"UI_10000"}'),
  'password-locked-200': vendorSays(200, '{"code":"IDS_086","description":"locked"}'),
  'password-503-auth-01': vendorSays(503, '{"error":{"code":"AUTH_01","message":"x","requestId":"r"}}'),
} as const satisfies Happenings;

const DEAD_401 = { 'dead-401': dead('error-401') } as const satisfies Happenings;

const RARE_SESSION_ID = {
  'dead-auth-01-403': dead('auth-01-403'),
  'dead-401-bare': dead('empty-401'),
  'gateway-auth-01': gateway(401, AUTH_01),
  'gateway-503-auth-01': gateway(503, AUTH_01),
  'gateway-504-auth-01': gateway(504, AUTH_01),
  'gateway-401-account': gateway(401, BAD_PASSWORD),
  'gateway-401-license': gateway(401, 'license: Session ended: the license expired. 401'),
  'gateway-401-nothing': gateway(401, REJECTED),
} as const satisfies Happenings;

/** In the form of both versions at once. */
const FORGED_USER_OBJECT: Happening = {
  met: { form: { kind: 'user-object', hasId: true }, from: 'gateway' },
  respond: async () => ({
    kind: 'response',
    statusCode: 200,
    headers: NO_HEADERS,
    body: { kind: 'complete', text: JSON.stringify(userObject('FORGED0123456789')), endIsCertain: true },
  }),
};

/** A session that must not be handed on, or a response without a usable session ID. */
const FLAWED = {
  'untrusted-server-url': arrivesAltered({ kind: 'user-object', hasId: true }, withServerUrl(UNTRUSTED)),
  'no-session-id-by-shape': arrivesAltered({ kind: 'user-object', hasId: false }, withId('see you later')),
  'gateway-user-object': FORGED_USER_OBJECT,
} as const satisfies Happenings;

/** Responses to validSessionId. The vendor's own may be wrong. */
const VALIDITY = {
  'response-lost': COMMON['response-lost'],
  'gateway-200-page': COMMON['gateway-200-page'],
  'says-dead': vendorSays(200, 'a dead token'),
  'says-valid': vendorSays(200, 'a valid token'),
  'dead-session': vendorSays(401, AUTH_01),
} as const satisfies Happenings;

/** An invalid token, or one that nobody granted. */
const FLAWED_TOKEN = {
  'no-token-by-shape': arrivesAltered({ kind: 'other', status: 200 }, (text) =>
    text.replace(/:"[^"]*"/, ':"see you later"'),
  ),
  'gateway-access-token': gateway(200, 'an access token'),
} as const satisfies Happenings;

/** The events of a schedule. */
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
  'access-token': {
    common: { ...COMMON, ...FLAWED_TOKEN },
    all: { ...COMMON, ...RARE, ...FLAWED_TOKEN, ...DEAD_401 },
  },
  validity: {
    common: VALIDITY,
    all: { ...VALIDITY, stall: COMMON.stall, 'gateway-401-page': COMMON['gateway-401-page'] },
  },
};

/** What can happen to a request with this purpose. */
export function happenings(purpose: Purpose, breadth: Breadth): Happenings {
  return HAPPENINGS[purpose][breadth];
}
