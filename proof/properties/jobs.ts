import * as fc from 'fast-check';
import type { Settings } from '../../simulator/settings.ts';
import type { HttpRequest, HttpResponse } from '../../src/http.ts';
import { ENDINGS, type Mode } from '../modes.ts';
import { type Encounter, ends, PROPER, type Purpose } from '../responses/form.ts';
import type { JobScript, Setup } from '../virtual/job.ts';
import { NO_HEADERS, type SessionKind } from '../virtual/vendor.ts';
import type { Reply } from '../virtual/world.ts';
import { oneOf, weighted } from './draw.ts';
import { type DrawnResult, hostile, resultArbitrary } from './response-arbitrary.ts';

/** Each mode that ends a session is as frequent as all logins together. */
const modes = weighted<Mode>(
  [3, fc.constant('logout')],
  [3, fc.constant('logoutall')],
  [1, fc.constant('login')],
  [1, fc.constant('login-v3')],
  [1, fc.constant('login-token')],
);

export const setups: fc.Arbitrary<Setup> = fc
  .record({
    mode: modes,
    when: oneOf('now now job-end').map((when): Setup['when'] => (when === 'now' ? 'now' : 'job-end')),
    allowAlreadyEnded: fc.boolean(),
    timeoutSeconds: fc.constantFrom(1, 20, 60, 240),
    sessions: weighted<SessionKind>([4, fc.constant('opaque')], [1, fc.constant('lasting-jwt')]),
  })
  // Only after a login is the end of a session verified.
  .map((setup) => (ENDINGS.includes(setup.mode) ? { ...setup, sessions: 'opaque' } : setup));

/** What one request of a job meets. */
export type Meeting =
  /** The request reaches the vendor or not, and the response comes from something else. */
  | ({ readonly kind: 'gateway'; readonly reachesVendor: boolean } & DrawnResult)
  /** The vendor responds, in one of its forms. The session may have ended by itself just before. */
  | { readonly kind: 'vendor'; readonly settings: VendorForms; readonly isLate: boolean };

type VendorForms = Pick<Settings, 'deadSession' | 'logoutSuccess' | 'logoutallSuccess' | 'validAfterLogout'>;

const forms: fc.Arbitrary<VendorForms> = fc.record({
  deadSession: fc.constantFrom<Settings['deadSession'][]>('error-401', 'auth-01-403', 'empty-401'),
  logoutSuccess: fc.constantFrom<Settings['logoutSuccess'][]>('empty', 'success-object'),
  logoutallSuccess: fc.constantFrom<Settings['logoutallSuccess'][]>('empty', 'success-object'),
  validAfterLogout: fc.constantFrom<Settings['validAfterLogout'][]>(
    'truth',
    'says-dead',
    'says-valid',
    'error',
  ),
});
const results = resultArbitrary(hostile);

export const meetings: fc.Arbitrary<readonly Meeting[]> = fc.array(
  weighted<Meeting>(
    [
      6,
      fc.tuple(results, fc.nat(5)).map(([drawn, draw]) => ({
        kind: 'gateway',
        // A user object from someone else, in place of the vendor's, would hide the session from every client.
        reachesVendor: draw === 0 && !drawn.met.neverSent && drawn.met.form.kind !== 'user-object',
        ...drawn,
      })),
    ],
    [1, fc.record({ kind: fc.constant('vendor' as const), isLate: fc.boolean(), settings: forms })],
  ),
  { maxLength: 8 },
);

/** The token service's results, one after the other; `null` is a response with a token. */
export const issues = fc.array(fc.option(results, { freq: 2 }), { maxLength: 4 });

const PROPERLY = { isLate: false, settings: { validAfterLogout: 'truth' } } as const;

/** GitHub's token service, as the job's environment names it. */
export const TOKEN_SERVICE = {
  url: 'https://tokens.actions.example/issue?api-version=2',
  bearer: 'Bearer4711OfTheJob',
} as const;

/** A job's requests, each with what it meets, and then the vendor; with a token service where there is one. */
export function jobScript(
  given: readonly Meeting[],
  issuing: readonly (DrawnResult | null)[] | undefined,
): JobScript {
  const left = [...given];
  const meet: JobScript['meet'] = async (call, purpose, _, vendor) => {
    const meeting = left.shift();
    if (meeting?.kind === 'gateway') {
      if (meeting.reachesVendor) await vendor.respond(call);
      return { met: meeting.met, result: meeting.result };
    }
    const { isLate, settings } = meeting ?? PROPERLY;
    if (isLate && ends(purpose)) vendor.endSessions();
    const result = await vendor.respond(call, settings);
    return { met: { ...PROPER, ...formOf(result, purpose, settings) }, result };
  };
  if (issuing === undefined) return { meet };
  return { meet, tokenService: { at: TOKEN_SERVICE, meet: tokenService(issuing) } };
}

/** The vendor may be wrong about a session after a logout. A request that it cannot read gets an error. */
function formOf(
  { statusCode, body }: HttpResponse,
  purpose: Purpose,
  { validAfterLogout }: Partial<VendorForms>,
): Pick<Encounter, 'form'> | undefined {
  if (purpose !== 'validity') return undefined;
  if (statusCode !== 200) return { form: { kind: 'error', about: 'session', status: statusCode } };
  if (validAfterLogout === 'truth') return undefined;
  const isValid = body.kind === 'complete' && body.text.includes('"isValidToken":true');
  return { form: { kind: 'validity', isValid } };
}

/** A new token each time. */
function tokenService(issuing: readonly (DrawnResult | null)[]): (call: HttpRequest) => Promise<Reply> {
  let requests = 0;
  return async ({ headers }) => {
    const drawn = issuing[requests];
    requests += 1;
    if (headers['Authorization'] !== `Bearer ${TOKEN_SERVICE.bearer}`)
      throw new Error('it authenticates with something else');
    return {
      result: drawn?.result ?? issued(`eyJhbGciOiJSUzI1NiJ9.eyJuIjoiVG9rZW4${requests}.c2lnbmF0dXJlNDcxMQ`),
    };
  };
}

/** The token service's response with a token in it. */
export function issued(token: string): HttpResponse {
  return {
    kind: 'response',
    statusCode: 200,
    headers: NO_HEADERS,
    body: { kind: 'complete', text: JSON.stringify({ count: 1, value: token }), endIsCertain: true },
  };
}
