import * as fc from 'fast-check';
import type {
  HttpResponse,
  HttpResult,
  NetworkFailure,
  ResponseBody,
  ResponseHeaders,
} from '../../src/http.ts';
import { type Encounter, type Form, isUnclear, isUnclear4xx } from '../responses/form.ts';
import { BODIES, gatewayRow, HEADERS, type Scene, STATUSES } from '../responses/table.ts';
import { NO_HEADERS } from '../virtual/vendor.ts';
import { oneOf, weighted } from './draw.ts';
import { anyText } from './input-arbitrary.ts';
import { errorObject, SUCCESS, userObject, validity } from './vendor-bodies.ts';

/** The result of a request, and what it is: known from how it was made, not from reading it. */
export interface DrawnResult {
  readonly met: Encounter;
  readonly result: HttpResult;
}

/** Characters with a meaning for the runner, a terminal, Markdown or HTML, and line ends. */
const live = fc
  .array(
    fc.oneof(
      oneOf(
        '::error::PWNED ::stop-commands::x :: : ##[error]PWNED ##[ ## # [ %0A \\n \\ " ` \r \n \r\n \t \0 \u007f',
      ),
      oneOf('\u0085 \u00a0 \u00ad \u200b \u2028 \u2029 \u202e \u2003 \ufeff \u{e0001} \ud83d \udc00 😀'),
      oneOf('\u001b[31m \u009b1m \u001b]8;;https://evil.example\u0007 **bold** `code` ``` <!-- ~~ | --- $x$'),
      oneOf('<img\tsrc=x\tonerror=alert(1)> [link](//evil.example) ![](//evil.example) &lt;b&gt; &#60;'),
      oneOf('@someone #1 https://evil.example www.evil.example evil@example.com'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const long = fc.tuple(live, fc.nat(200)).map(([text, times]) => text.repeat(times).slice(0, 3_000));
export const hostile = weighted([6, live], [2, anyText], [1, long]);

const status = weighted(
  [4, oneOf('200 200 200 200 200 201 202 204 226').map(Number)],
  [2, oneOf('301 302 304 307 308').map(Number)],
  [4, oneOf('400 401 401 403 403 404 407 408 418 425 429 451 499').map(Number)],
  [3, oneOf('500 502 503 503 504 520 599').map(Number)],
);
const retryAfter = fc.option(oneOf('0 1 3 3600 soon -1'), { nil: undefined, freq: 4 });

/** JSON that is not the vendor's: errors of others, success that is denied, values that only look like an object. */
function foreignJson(text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const denied = fc.constantFrom<unknown[]>(
    { success: false },
    { success: 'true' },
    { success: true, status: 500 },
    { success: true, statusCode: '302' },
    { '@type': 'success', success: false },
    { status: 'maintenance' },
    { '@type': 'Error', code: 'AUTH_01' },
    { code: 'AUTH_01' },
  );
  const said = fc.oneof(
    fc.constantFrom<unknown[]>(null, true, 401, 'AUTH_01', [], [{}], [{ '@type': 'success' }]),
    text.map((said) => ({ error: { code: 401, message: said, status: 'UNAUTHENTICATED' } })),
    text.map((said) => ({ error: { code: 'AuthenticationFailed', message: said } })),
    text.map((said) => ({ status: 401, error: 'Unauthorized', message: said })),
    text.map((said) => ({ '@type': 'success', error: said })),
    text.map((said) => ({ success: true, errors: [said] })),
    text.map((said) => ({ '@type': 'user', name: said })),
    text.map((said) => [{ '@type': 'error', code: 'AUTH_01', description: said }]),
  );
  return weighted([1, denied], [2, said]);
}

/** A response with these texts in every place that has room for a text. */
export function responseArbitrary(text: fc.Arbitrary<string>): fc.Arbitrary<DrawnResult> {
  const contentType = weighted<string | undefined>(
    [4, fc.constantFrom('text/html; charset=utf-8', 'application/json', undefined)],
    [1, text.map((said) => `text/${said}`)],
  );
  const headers = fc.record({
    location: fc.option(
      fc.oneof(
        text,
        text.map((host) => `https://${host}/`),
      ),
      { nil: undefined },
    ),
    retryAfter,
    date: fc.constant(undefined),
    contentType,
    contentEncoding: fc.constantFrom(undefined, undefined, 'identity'),
    wwwAuthenticate: fc.option(oneOf('NTLM Basic'), { nil: undefined }),
    proxyAuthenticate: fc.constant(undefined),
  });
  const page = weighted<string>(
    [2, text.map((said) => `<html>${said}</html>`)],
    [3, foreignJson(text).map((json) => JSON.stringify(json))],
    [1, errorObject(text).map(({ json }) => JSON.stringify(json).slice(0, -1))],
    [1, fc.constant('['.repeat(18_000))],
  );
  const others = fc.tuple(status, headers, page, fc.boolean()).map(([code, given, body, endIsCertain]) =>
    drawnResult({ kind: 'other', status: code, retryAfter: given.retryAfter !== undefined }, code, given, {
      kind: 'complete',
      text: body,
      endIsCertain,
    }),
  );
  const errors = fc
    .tuple(status, headers, errorObject(text))
    .map(([code, given, { form, json }]) =>
      drawnResult({ kind: 'error', status: code, ...form }, code, given, complete(JSON.stringify(json))),
    );
  const successes = fc.tuple(headers, fc.constantFrom(...SUCCESS)).map(([given, json]) => {
    const isChallenge = given.location !== undefined || given.wwwAuthenticate !== undefined;
    const form: Form = isChallenge ? { kind: 'other', status: 200 } : { kind: 'success' };
    return drawnResult(form, 200, given, complete(JSON.stringify(json)));
  });
  const foundObjects = fc
    .tuple(headers, weighted([3, userObject(text)], [2, validity(text)]))
    .map(([given, { form, json }]) => {
      const isOther = form.kind === 'validity' && isChallenge(given);
      const its: Form = isOther ? { kind: 'other', status: 200 } : form;
      return drawnResult(its, 200, given, complete(JSON.stringify(json)));
    });
  const empty = fc
    .tuple(status, headers, oneOf(' \ufeff \r\n'), fc.boolean())
    .map(([code, given, blank, endIsCertain]) => {
      const emptyResponse = endIsCertain ? emptyForm(code, given) : undefined;
      const form = emptyResponse ?? {
        kind: 'other',
        status: code,
        retryAfter: given.retryAfter !== undefined,
      };
      return drawnResult(form, code, given, { kind: 'complete', text: blank, endIsCertain });
    });
  const unread = fc
    .tuple(status, headers, errorObject(text), oneOf('gzip br encoded'), fc.nat(2))
    .map(([code, given, { json }, contentEncoding, how]) => {
      const form = { kind: 'other', status: code, retryAfter: given.retryAfter !== undefined } as const;
      if (how === 0) return drawnResult(form, code, given, { kind: 'too-large' });
      if (how === 1) {
        return drawnResult(form, code, { ...given, contentEncoding }, complete(JSON.stringify(json)));
      }
      const failure = { kind: 'connection-lost', code: 'ECONNRESET', cause: undefined } as const;
      const isNone = (code < 300 || code >= 500) && code !== 503;
      return drawnResult(isNone ? { kind: 'nothing' } : { ...form, brokenOff: true }, code, given, {
        kind: 'broken',
        failure,
      });
    });
  return weighted(
    [6, others],
    [5, errors],
    [1, successes],
    [2, foundObjects],
    [2, empty],
    [2, unread],
    [6, rows],
  );
}

/** The rows of the table that are the same for all modes. */
const rows: fc.Arbitrary<DrawnResult> = fc
  .tuple(
    fc.constantFrom(...STATUSES),
    fc.constantFrom(...BODIES.filter(({ content }) => content(200).is !== 'user object')),
    fc.constantFrom(...HEADERS),
  )
  .map(([code, body, set]) => {
    const { form, ambiguous, response } = gatewayRow(code, body, set, 'v2');
    const { statusCode, headers, body: read } = response(SCENE);
    const { met, result } = drawnResult(form, statusCode, headers, read);
    return { met: ambiguous ? { ...met, ambiguous } : met, result };
  });
const SCENE: Scene = { secret: 'a-secret-4711', foreignUrl: '', effect: false };

/** A response with one of these headers is not from the API. */
function isChallenge({ location, wwwAuthenticate }: ResponseHeaders): boolean {
  return location !== undefined || wwwAuthenticate !== undefined;
}

/** An empty response in the vendor's form. */
function emptyForm(statusCode: number, headers: ResponseHeaders): Form | undefined {
  if (isChallenge(headers)) return undefined;
  if (statusCode === 200 || statusCode === 204) return { kind: 'success' };
  return statusCode === 401 ? { kind: 'bare-401' } : undefined;
}

function complete(text: string): ResponseBody {
  return { kind: 'complete', text, endIsCertain: true };
}

function drawnResult(
  form: Form,
  statusCode: number,
  headers: ResponseHeaders,
  body: ResponseBody,
): DrawnResult {
  const text = body.kind === 'complete' ? body.text.trim() : body.kind;
  const name = `${statusCode} ${headers.contentType ?? ''} ${text}`;
  const result: HttpResponse = {
    kind: 'response',
    statusCode,
    headers: { ...NO_HEADERS, ...headers },
    body,
  };
  return { met: { name, form, from: 'gateway', ...limit(form, name) }, result };
}

/** How often a request may be retried if its response rarely changes. */
function limit(form: Form, name: string): Pick<Encounter, 'atMost'> {
  // With an error object in it, too.
  const isRedirect = 'status' in form && form.status >= 300 && form.status < 400;
  if (isRedirect) return { atMost: { kind: 'redirect', times: 1 } };
  if (isUnclear4xx(form)) return { atMost: { kind: 'unclear 4xx', times: 2 } };
  return isUnclear(form) ? { atMost: { kind: name, times: 6 } } : {};
}

const LOST = { form: { kind: 'nothing' } } as const;
const NEVER_SENT = { form: { kind: 'nothing' }, neverSent: true } as const;
const FAILURES: readonly (readonly [NetworkFailure, Omit<Encounter, 'name'>])[] = [
  [{ kind: 'timed-out', cause: undefined }, LOST],
  [{ kind: 'connection-lost', code: 'ECONNRESET', cause: undefined }, LOST],
  [{ kind: 'name-not-resolved', cause: undefined }, NEVER_SENT],
  [{ kind: 'connection-refused', cause: undefined }, NEVER_SENT],
  [{ kind: 'no-connection', detail: 'EHOSTUNREACH', cause: undefined }, NEVER_SENT],
  [
    {
      kind: 'certificate',
      code: 'CERT_HAS_EXPIRED',
      proxy: undefined,
      extraAuthorities: 'not-set',
      cause: undefined,
    },
    { ...NEVER_SENT, atMost: { kind: 'certificate', times: 2 } },
  ],
  [{ kind: 'proxy-status', proxy: 'p:1', statusCode: 502, schemes: [], cause: undefined }, NEVER_SENT],
  [
    { kind: 'proxy-status', proxy: 'p:1', statusCode: 403, schemes: [], cause: undefined },
    { ...NEVER_SENT, atMost: { kind: 'proxy 4xx', times: 2 } },
  ],
  [
    { kind: 'proxy-status', proxy: 'p:1', statusCode: 407, schemes: [], cause: undefined },
    { ...NEVER_SENT, atMost: { kind: 'proxy 407', times: 1 } },
  ],
  [{ kind: 'proxy-unreachable', proxy: 'p:1', detail: 'ECONNREFUSED', cause: undefined }, NEVER_SENT],
];

const failures: fc.Arbitrary<DrawnResult> = fc.constantFrom(...FAILURES).map(([failure, met]) => ({
  met: { name: failure.kind, ...met },
  result: { kind: 'no-response', failure, mayHaveReachedServer: met.neverSent !== true },
}));

/** What may happen to a request that does not reach the vendor, with these texts wherever there is room for text. */
export function resultArbitrary(text: fc.Arbitrary<string>): fc.Arbitrary<DrawnResult> {
  return weighted([6, responseArbitrary(text)], [1, failures]);
}
