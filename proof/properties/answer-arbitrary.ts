import * as fc from 'fast-check';
import type { Body, Delivery, NetworkFailure } from '../../src/exchange/delivery.ts';
import { oneOf, weighted } from './draw.ts';
import { anyText } from './input-arbitrary.ts';

const STATUSES = '200 200 200 201 204 299 302 307 400 401 401 403 403 404 408 425 429 499 500 502 503';
const status = weighted([12, oneOf(STATUSES).map(Number)], [1, fc.integer({ min: 0, max: 999 })]);

/** What has a meaning to the runner, a terminal, Markdown or HTML, or ends a line for some reader. */
const live = fc
  .array(
    fc.oneof(
      oneOf(
        '::error::PWNED ::stop-commands::x :: : ##[error]PWNED ##[ ## # [ %0A \\n \\ " \r \n \r\n \t \0 \u007f',
      ),
      oneOf('\u0085 \u00a0 \u00ad \u200b \u2028 \u2029 \u202e \u2003 \ufeff \u{e0001} \ud83d \udc00 😀'),
      oneOf('\u001b[31m \u009b1m \u001b]8;;https://evil.example\u0007 **bold** `code` <!-- ~~ | --- $x$'),
      oneOf('<img\tsrc=x\tonerror=alert(1)> [link](//evil.example) ![](//evil.example) &lt;b&gt; &#60;'),
      oneOf('@someone #1 https://evil.example www.evil.example'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const long = fc.tuple(live, fc.nat(200)).map(([text, times]) => text.repeat(times).slice(0, 3_000));
export const hostile = weighted([6, live], [2, anyText], [1, long]);

const odd = fc.constantFrom<unknown[]>(null, [], {}, -1, true, [401], ['403'], { toString: 1, valueOf: 1 });

/** Bodies with these texts in them: error objects, right and nearly right, other JSON, and none. */
function bodyText(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const said = weighted<unknown>([8, text], [1, odd]);
  const code = weighted<unknown>([3, oneOf('AUTH_01 AUTH_01 UI_10000 IDS_085 ')], [2, said]);
  const statusCode = weighted([6, fc.constantFrom<unknown[]>(401, 403, 404, 500, '401', '403')], [1, odd]);
  const type = oneOf('error error error Error success user');
  const v2 = fc.record(
    { '@type': type, code, description: said, message: said, statusCode },
    { requiredKeys: ['@type'] },
  );
  const inner = fc.record({ code, message: said, details: odd }, { requiredKeys: ['code'] });
  const v3 = fc.record({ error: weighted<unknown>([1, inner], [1, said]) });
  // A text that begins in one field and ends in another.
  const split = fc.tuple(text, fc.nat(40)).map(([whole, at]) => {
    const [code, description] = [whole.slice(0, at), whole.slice(at)];
    return { '@type': 'error', code, description, statusCode: 403 };
  });
  const object = weighted<unknown>([4, v2], [3, v3], [1, split]);
  const whole = object.map((given) => JSON.stringify(given));
  return weighted(
    [10, whole],
    [1, fc.tuple(whole, fc.nat(30)).map(([given, less]) => given.slice(0, -1 - less))],
    [1, whole.map((given) => `[${given}]`)],
    [2, fc.json()],
    [1, text.map((given) => `<html><title>${given}</title>`)],
    [1, text],
    [2, oneOf(` \r\n {} null "::error::" {"@type":"success"} ${'['.repeat(18_000)}`)],
  );
}

function failureWith(text: fc.Arbitrary<string>): fc.Arbitrary<NetworkFailure> {
  const kinds = fc.constantFrom('name-not-resolved', 'connection-refused', 'timed-out');
  return fc.tuple(kinds, text, fc.nat(8)).map(([kind, said, choice]): NetworkFailure => {
    const cause = new Error(said);
    if (choice === 0) return { kind: 'certificate', code: 'CERT_HAS_EXPIRED', cause };
    if (choice === 1) return { kind: 'proxy', detail: 'HTTP 407', cause };
    if (choice === 2) return { kind: 'no-connection', detail: 'EHOSTUNREACH', cause };
    return choice < 6 ? { kind: 'connection-lost', code: 'ECONNRESET', cause } : { kind, cause };
  });
}

/** What may become of a request, with these texts wherever a server can write. */
export function deliveryArbitrary(text: fc.Arbitrary<string>): fc.Arbitrary<Delivery> {
  const failure = failureWith(text);
  const body = weighted<Body>(
    [12, bodyText(text).map((given) => ({ kind: 'complete', text: given }))],
    [1, failure.map((given) => ({ kind: 'broken', failure: given }))],
    [1, fc.constant({ kind: 'too-large' })],
  );
  const place = fc.oneof(
    text,
    text.map((given) => `https://${given}/`),
    text.map((given) => `//${given}.example:8080/${given}`),
  );
  const answer = fc.record({
    kind: fc.constant('answer' as const),
    statusCode: status,
    location: fc.option(place, { nil: undefined }),
    retryAfter: fc.option(fc.oneof(oneOf('0 3 3600'), text), { nil: undefined }),
    body,
  });
  const none = fc.record({
    kind: fc.constant('no-answer' as const),
    failure,
    mayHaveReachedServer: fc.boolean(),
  });
  return weighted<Delivery>([6, answer], [1, none]);
}
