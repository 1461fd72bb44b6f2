import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  json,
  nat,
  oneof,
  option,
  record,
  tuple,
} from 'fast-check';
import type { Body, Delivery, NetworkFailure } from '../../src/exchange/delivery.ts';
import { anyText } from './input-arbitrary.ts';

const STATUSES = '200 200 200 201 204 299 302 307 400 401 401 403 403 404 408 425 429 499 500 502 503';
const status = oneof(
  { weight: 12, arbitrary: constantFrom(...STATUSES.split(' ').map(Number)) },
  { weight: 1, arbitrary: integer({ min: 0, max: 999 }) },
);

/** What has a meaning to the runner, a terminal, Markdown or HTML, or ends a line for some reader. */
const words = (text: string) => text.split(' ');
const LIVE = [
  ...words(
    '::error::PWNED ::stop-commands::x :: : ##[error]PWNED ## # [ ##[ %0A \\n " \\ \r \n \r\n \t \0 \u007f',
  ),
  ...words('\u0085 \u00ad \u200b \u202e \ufeff \u001b[31m \u009b1m \u001b]8;;https://evil.example\u0007'),
  ...words(
    '\u{e0001} \ud83d \udc00 😀 **bold** `code` <img\tsrc=x\tonerror=alert(1)> <!-- [link](https://evil.example)',
  ),
  ...words(
    '![](//evil.example) @someone #1 | --- ~~ https://evil.example www.evil.example &lt;b&gt; &#60; $x$',
  ),
  ...[' ', '\u00a0', '\u2028', '\u2029'],
];
const live = array(constantFrom(...LIVE), { maxLength: 12 }).map((parts) => parts.join(''));
export const hostile = oneof(
  { weight: 6, arbitrary: live },
  { weight: 2, arbitrary: anyText },
  { weight: 1, arbitrary: tuple(live, nat(200)).map(([text, times]) => text.repeat(times).slice(0, 3_000)) },
);

const odd = constantFrom<unknown[]>(
  null,
  [],
  {},
  0,
  -1,
  true,
  [401],
  ['403'],
  { toString: 1, valueOf: 1 },
  { statusCode: 401 },
);
const codeOfErrors = constantFrom('AUTH_01', 'AUTH_01', 'UI_10000', 'AUTH_02', '');

/** Bodies with these texts in them: error objects, right and nearly right, other JSON, and none. */
function bodyText(text: Arbitrary<string>): Arbitrary<string> {
  const said = oneof({ weight: 8, arbitrary: text }, { weight: 1, arbitrary: odd });
  const code = oneof({ weight: 3, arbitrary: codeOfErrors }, { weight: 2, arbitrary: said });
  const statusCode = oneof(
    { weight: 6, arbitrary: constantFrom<unknown[]>(401, 403, 404, 500, '401', '403') },
    { weight: 1, arbitrary: odd },
  );
  const v2 = record(
    {
      '@type': constantFrom('error', 'error', 'error', 'Error', 'success', 'user'),
      code,
      description: said,
      message: said,
      statusCode,
    },
    { requiredKeys: ['@type'] },
  );
  const v3 = record({
    error: oneof(record({ code, message: said, details: odd }, { requiredKeys: ['code'] }), said),
  });
  // A text that is in two of the fields.
  const halves = tuple(text, nat(40)).map(([whole, at]) => [whole.slice(0, at), whole.slice(at)]);
  const split = halves.map(([one, other]) => ({
    '@type': 'error',
    code: one,
    description: other,
    statusCode: 403,
  }));
  const objects = oneof(
    { weight: 4, arbitrary: v2 },
    { weight: 3, arbitrary: v3 },
    { weight: 1, arbitrary: split },
  );
  return oneof(
    { weight: 10, arbitrary: objects.map((object) => JSON.stringify(object)) },
    {
      weight: 1,
      arbitrary: tuple(objects, nat(30)).map(([object, less]) => JSON.stringify(object).slice(0, -1 - less)),
    },
    { weight: 1, arbitrary: objects.map((object) => JSON.stringify([object])) },
    { weight: 2, arbitrary: json() },
    { weight: 1, arbitrary: text.map((given) => `<html><title>${given}</title>`) },
    { weight: 1, arbitrary: text },
    {
      weight: 2,
      arbitrary: constantFrom(
        '',
        ' \r\n',
        '{}',
        'null',
        '"::error::"',
        '{"@type":"success"}',
        '[['.repeat(9_000),
      ),
    },
  );
}

function failureWith(text: Arbitrary<string>): Arbitrary<NetworkFailure> {
  const kinds = constantFrom('name-not-resolved', 'connection-refused', 'timed-out');
  return tuple(kinds, text, nat(8)).map(([kind, said, choice]): NetworkFailure => {
    const cause = new Error(said);
    if (choice === 0) return { kind: 'certificate', code: 'CERT_HAS_EXPIRED', cause };
    if (choice === 1) return { kind: 'proxy', detail: 'HTTP 407', cause };
    if (choice === 2) return { kind: 'no-connection', detail: 'EHOSTUNREACH', cause };
    return choice < 6 ? { kind: 'connection-lost', code: 'ECONNRESET', cause } : { kind, cause };
  });
}

/** What may become of a request, with these texts wherever a server can write. */
export function deliveryArbitrary(text: Arbitrary<string>): Arbitrary<Delivery> {
  const failure = failureWith(text);
  const complete: Arbitrary<Body> = bodyText(text).map((given) => ({ kind: 'complete', text: given }));
  const broken: Arbitrary<Body> = failure.map((given) => ({ kind: 'broken', failure: given }));
  const tooLarge: Arbitrary<Body> = constant({ kind: 'too-large' });
  const place = oneof(
    text,
    text.map((given) => `https://${given}/`),
    text.map((given) => `//${given}.example:8080/${given}`),
  );
  const wait = oneof({ weight: 3, arbitrary: constant(undefined) }, constantFrom('0', '3', '3600'), text);
  const answer: Arbitrary<Delivery> = record({
    kind: constant('answer' as const),
    statusCode: status,
    location: option(place, { nil: undefined }),
    retryAfter: wait,
    body: oneof({ weight: 12, arbitrary: complete }, broken, tooLarge),
  });
  const none: Arbitrary<Delivery> = tuple(failure, boolean()).map(([given, mayHaveReachedServer]) => ({
    kind: 'no-answer',
    failure: given,
    mayHaveReachedServer,
  }));
  return oneof({ weight: 6, arbitrary: answer }, none);
}
