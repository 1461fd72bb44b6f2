import type { Settings } from '../../simulator/settings.ts';
import type { Answer, AnswerHeaders, Delivery, HttpCall, NetworkFailure } from '../../src/wire.ts';
import type { Credential } from '../met.ts';
import { KITS, type Mode } from '../modes.ts';
import type { Incident } from '../virtual/job.ts';
import { NO_HEADERS, type Vendor } from '../virtual/vendor.ts';

/** Something that happens to a request: what it is, and what comes back; undefined: nothing in time. */
export interface Happening {
  readonly met: Omit<Incident, 'name'>;
  readonly befall: (vendor: Vendor, call: HttpCall) => Promise<Delivery | undefined>;
}

/** The request arrives, and this comes back in the place of the answer. */
const arrives = (came: Incident['came'], instead: Delivery | undefined): Happening => ({
  met: { came },
  befall: async (vendor, call) => {
    await vendor.answer(call);
    return instead;
  },
});
/** The request gets nowhere. */
const lost = (met: Happening['met'], delivery: Delivery | undefined): Happening => ({
  met,
  befall: async () => delivery,
});
/** Something in front answers, and the vendor never hears of it. */
const gateway = (came: Incident['came'], delivery: Answer, more: Partial<Incident> = {}): Happening => ({
  met: { came, from: 'gateway', ...more },
  befall: async () => delivery,
});
const other = (delivery: Answer, more: Partial<Incident> = {}): Happening => {
  const { statusCode, headers } = delivery;
  const came = { kind: 'other', status: statusCode, retryAfter: headers.retryAfter !== undefined } as const;
  return gateway(came, delivery, more);
};
/** The vendor refuses, and means it. */
const refusal = (
  status: number,
  body: Readonly<Record<string, unknown>>,
  inIt: { readonly code?: string; readonly statusCode?: number } = {},
): Happening => ({
  met: { came: { kind: 'error', status, ...inIt } },
  befall: async () => answer(status, JSON.stringify(body), { contentType: 'application/json' }),
});
/** The session has ended by itself, and the vendor says so in one of its forms. */
const dead = (form: Settings['deadSession']): Happening => ({
  met: { came: { kind: 'truth' } },
  befall: (vendor, call) => {
    vendor.endSessions();
    return vendor.answer(call, { deadSession: form });
  },
});

const NOTHING = { kind: 'nothing' } as const;
const UNCLEAR_4XX = { atMost: { kind: 'unclear 4xx', times: 2 } } as const;
const SIGN_IN = '<html>Sign in</html>';
const HTML = { contentType: 'text/html' } as const;
/** The vendor's own words, from someone else. */
const FALSE_AUTH_01 = v2(401, 'AUTH_01');

/** What happens on every network and at every vendor. */
const COMMON = {
  'answer-lost': arrives(
    NOTHING,
    noAnswer({ kind: 'connection-lost', code: 'ECONNRESET', cause: undefined }),
  ),
  'request-lost': lost(
    { came: NOTHING },
    noAnswer({ kind: 'connection-lost', code: 'ECONNRESET', cause: undefined }),
  ),
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
} as const satisfies Readonly<Record<string, Happening>>;

/** What is rarer. */
const RARE = {
  'answer-breaks-off': arrives(NOTHING, {
    ...answer(200, ''),
    body: { kind: 'broken', failure: { kind: 'connection-lost', code: 'ECONNRESET', cause: undefined } },
  }),
  'stall-after-effect': arrives(NOTHING, undefined),
  certificate: lost(
    { came: NOTHING, unheard: true, atMost: { kind: 'certificate', times: 2 } },
    noAnswer({ kind: 'certificate', code: 'CERT_HAS_EXPIRED', proxy: undefined, cause: undefined }, false),
  ),
  'proxy-407': lost(
    { came: NOTHING, unheard: true, atMost: { kind: 'proxy 407', times: 1 } },
    noAnswer(
      { kind: 'proxy-status', proxy: 'proxy.example.com:3128', statusCode: 407, cause: undefined },
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
} as const satisfies Readonly<Record<string, Happening>>;

const RARE_BY_CREDENTIAL = {
  'session-id': {
    'dead-401': dead('error-401'),
    'dead-auth-01-403': dead('auth-01-403'),
    'dead-401-bare': dead('empty-401'),
    'gateway-auth-01': gateway(
      { kind: 'error', status: 401, statusCode: 401, code: 'AUTH_01' },
      answer(401, JSON.stringify(FALSE_AUTH_01)),
    ),
  },
  password: {
    'password-401': refusal(401, v2(401, 'UI_10000'), { statusCode: 401, code: 'UI_10000' }),
    'password-500': refusal(500, v2(500, 'UI_10000'), { code: 'UI_10000' }),
    'password-locked-200': refusal(200, v3('IDS_086'), { code: 'IDS_086' }),
    'password-503-auth-01': refusal(503, v3('AUTH_01'), { code: 'AUTH_01' }),
  },
} as const satisfies Readonly<Record<Credential, Readonly<Record<string, Happening>>>>;

/** Which happenings a schedule is made of. */
export type Breadth = 'common' | 'all';

const HAPPENINGS: Readonly<
  Record<Credential, Readonly<Record<Breadth, Readonly<Record<string, Happening>>>>>
> = {
  'session-id': {
    common: { ...COMMON, 'dead-401': RARE_BY_CREDENTIAL['session-id']['dead-401'] },
    all: { ...COMMON, ...RARE, ...RARE_BY_CREDENTIAL['session-id'] },
  },
  password: {
    common: { ...COMMON, 'password-401': RARE_BY_CREDENTIAL.password['password-401'] },
    all: { ...COMMON, ...RARE, ...RARE_BY_CREDENTIAL.password },
  },
};

export function happenings(mode: Mode, breadth: Breadth): Readonly<Record<string, Happening>> {
  return HAPPENINGS[KITS[mode].sends.main][breadth];
}

function answer(
  statusCode: number,
  text: string,
  headers: Partial<AnswerHeaders> = {},
  endIsCertain = true,
): Answer {
  return {
    kind: 'answer',
    statusCode,
    headers: { ...NO_HEADERS, ...headers },
    body: { kind: 'complete', text, endIsCertain },
  };
}

function noAnswer(failure: NetworkFailure, mayHaveReachedServer = true): Delivery {
  return { kind: 'no-answer', failure, mayHaveReachedServer };
}

function v2(statusCode: number, code: string, description = ''): Readonly<Record<string, unknown>> {
  return { '@type': 'error', code, description, statusCode };
}

function v3(code: string): Readonly<Record<string, unknown>> {
  return { error: { code, message: '', details: null } };
}
