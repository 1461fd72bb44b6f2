import {
  BODIES,
  type Body,
  bodyNamed,
  headersNamed,
  LARGE,
  type Row,
  row,
} from '../../../proof/responses/table.ts';
import type { HttpResponse } from '../../../src/http.ts';

/**
 * What a response means to a user, by what the steps do about it. `unclear` is met six times, `unclear-4xx` twice, `redirect` once;
 * after `not-again` a password is not sent again in the job; after `refused-for-now` post tries again.
 */
export type Meaning =
  | 'ended'
  | 'already-ended'
  | 'refused'
  | 'refused-for-now'
  | 'not-now'
  | 'unknown'
  | 'unclear'
  | 'unclear-4xx'
  | 'not-again'
  | 'redirect';

/** A row of the proof's table, and what it means in each mode. */
export interface Expected {
  readonly row: Row;
  readonly logout: Meaning;
  readonly logoutall: Meaning;
}

/** A row of the proof's table, by the names of its body and of its headers. Only a success has the effect of the request. */
export function at(status: number, body: string | Body = 'no body', headers = PLAIN, effect = false): Row {
  const its = typeof body === 'string' ? bodyNamed(body) : body;
  return row(status, its, headersNamed(headers), 'v2', effect);
}

export const PLAIN = 'no more headers';
const CHALLENGES = ['WWW-Authenticate', 'Proxy-Authenticate', 'Location'];
const LENGTHLESS = 'no length';

/** The response of a row, as the transport hands it over. */
export function responseOf(status: number, body?: string | Body, headers?: string): HttpResponse {
  return at(status, body, headers).response({ secret: '', foreignUrl: '', effect: false });
}

/** Each of these statuses with each of these bodies and sets of headers. */
function mean(
  [logout, logoutall]: readonly [Meaning, Meaning],
  statuses: readonly number[],
  bodies: readonly (string | Body)[],
  headers: readonly string[] = [PLAIN],
): readonly Expected[] {
  return statuses.flatMap((status) =>
    bodies.flatMap((body) =>
      headers.map((set) => ({ row: at(status, body, set, logout === 'ended'), logout, logoutall })),
    ),
  );
}

const both = (meaning: Meaning) => [meaning, meaning] as const;

const thatAre = (is: 'empty' | 'success' | 'something else' | 'user object' | 'validity' | 'access token') =>
  BODIES.filter((body) => body.content(200).is === is);
const EMPTY = thatAre('empty');
const SUCCESSES = thatAre('success');
const FOREIGN = thatAre('something else');
/** Objects of the API that say nothing about the end of a session. */
const OTHER_OBJECTS = [...thatAre('user object'), ...thatAre('validity'), ...thatAre('access token')];

/** Error objects, by what they are about and by the status in them: 200 if it is that of the response. */
const ERRORS = BODIES.flatMap((body) => {
  const content = body.content(200);
  return content.is === 'error' ? [{ body, ...content }] : [];
});
type ErrorBody = (typeof ERRORS)[number];
const errors = (are: (error: ErrorBody) => boolean) => ERRORS.filter(are).map(({ body }) => body);

const isDeadCode = ({ code }: ErrorBody) => code === 'AUTH_01';
/** Credentials that are not valid, or an account that is locked, by the code or by the text. */
const isAboutCredentials = ({ about, body }: ErrorBody) =>
  about === 'lock' ||
  about === 'account' ||
  body.name === 'session: The session is not valid. (UI_10000) 401';
const saysForbidden = ({ statusCode }: ErrorBody) => statusCode === 401 || statusCode === 403;
const saysItsEnd = ({ about, statusCode = 401 }: ErrorBody) => about === 'session' && statusCode === 401;
const DEAD_CODES = errors(isDeadCode);
const CREDENTIALS = errors((error) => isAboutCredentials(error) && !isDeadCode(error));
const BY_CODE_OR_LOCK = errors(
  (error) => isDeadCode(error) || error.about === 'lock' || /^(UI_10000|IDS_08\d)$/.test(error.code ?? ''),
);
const EXPIRED_OR_WRONG = errors(({ about, code }) => about === 'account' && code === 'X_1');
const FORBIDDEN = errors((error) => saysForbidden(error) && !isAboutCredentials(error) && !isDeadCode(error));
const PLAIN_ERRORS = errors(
  (error) => !saysForbidden(error) && !isAboutCredentials(error) && !isDeadCode(error),
);

/** Under 401 the text of these is about something else than the session. */
const ABOUT_OTHERS = [
  'an error about the address',
  'address: The IP address is not trusted. (UI_10044) 401',
  'address: The session is not valid from this network. 401',
  'license: Session ended: the license expired. 401',
  'license: The session is invalid: no subscription. 401',
  'maintenance: Session not found: down for maintenance. 401',
  'permission: Session expired for this role. 401',
  'permission: The certificate expired; the session is not valid. 401',
  'nothing: Object X is locked.',
  'lock: Too many failed logins: the account is locked. (UI_2)',
  'lock: User is disabled.',
  'account: The password has expired.',
  '{"code":"IDS_086","description":"locked"}',
];
const isOfOthers = ({ body }: ErrorBody) => ABOUT_OTHERS.includes(body.name);
const ENDS = errors((error) => saysItsEnd(error));
const UNCLEAR_ERRORS = errors((error) => !saysItsEnd(error) && !isDeadCode(error) && !isOfOthers(error));

/** The rows, from success to unknown. Each group contains rows that a reader may expect in another group. */
export const EXPECTED: readonly Expected[] = [
  ...mean(both('ended'), [200], [...EMPTY, ...SUCCESSES, LARGE.whole], [PLAIN, 'Retry-After']),
  ...mean(both('ended'), [200], SUCCESSES, [LENGTHLESS]),
  ...mean(both('ended'), [204], ['no body']),

  ...mean(['already-ended', 'refused'], [200, 400, 401, 403, 404, 499], DEAD_CODES),
  ...mean(['already-ended', 'refused'], [401], ENDS, [PLAIN, 'WWW-Authenticate']),
  ...mean(
    ['already-ended', 'refused'],
    [200],
    errors((error) => saysItsEnd(error) && error.statusCode === 401),
  ),
  ...mean(['already-ended', 'not-again'], [401], EMPTY),

  ...mean(both('refused'), [401], ABOUT_OTHERS),
  ...mean(
    both('refused'),
    [200],
    errors((error) => isOfOthers(error) && (saysForbidden(error) || isAboutCredentials(error))),
  ),
  ...mean(['unclear-4xx', 'refused'], [401], UNCLEAR_ERRORS),
  ...mean(
    ['unclear', 'refused'],
    [200],
    errors(
      (error) => error.statusCode === 401 && !saysItsEnd(error) && !isDeadCode(error) && !isOfOthers(error),
    ),
  ),
  ...mean(
    both('refused'),
    [403],
    errors((error) => !isDeadCode(error)),
  ),
  ...mean(both('refused'), [400, 404, 409, 423], [...CREDENTIALS, ...FORBIDDEN]),
  ...mean(both('refused'), [202], [...CREDENTIALS, ...FORBIDDEN]),
  ...mean(['refused', 'refused-for-now'], [200, 202, 400, 404, 405, 409, 499], PLAIN_ERRORS),

  ...mean(both('unclear'), [200], [...EMPTY, ...SUCCESSES], CHALLENGES),
  ...mean(both('unclear'), [204], ['no body'], CHALLENGES),
  ...mean(both('unclear'), [200], EMPTY, [LENGTHLESS]),
  ...mean(both('unclear'), [201, 202, 203, 206, 299], [...EMPTY, ...SUCCESSES]),
  ...mean(both('unclear'), [200, 202], [...FOREIGN, ...OTHER_OBJECTS, LARGE.tooLarge, LARGE.cut]),

  ...mean(['unclear-4xx', 'not-again'], [401, 403], [...FOREIGN, ...SUCCESSES, ...OTHER_OBJECTS]),
  ...mean(['unclear-4xx', 'not-again'], [401], EMPTY, [...CHALLENGES, LENGTHLESS]),
  ...mean(['unclear-4xx', 'not-again'], [401], ['a page'], CHALLENGES),
  ...mean(['unclear-4xx', 'not-again'], [403], EMPTY),
  ...mean(both('unclear-4xx'), [404], [...EMPTY, ...SUCCESSES, ...FOREIGN, ...OTHER_OBJECTS]),
  ...mean(both('unclear-4xx'), [400, 407, 410, 413, 418, 422, 451, 499], ['no body', 'a page', '{}']),
  ...mean(both('unclear-4xx'), [404], ['no body'], ['Retry-After']),
  ...mean(both('unclear-4xx'), [407], [...PLAIN_ERRORS, 'a page'], ['Proxy-Authenticate']),
  ...mean(['unclear-4xx', 'refused'], [407], [...DEAD_CODES, ...CREDENTIALS]),

  ...mean(['not-now', 'refused'], [408, 425, 429, 503], [...BY_CODE_OR_LOCK, ...FORBIDDEN]),
  ...mean(['not-now', 'refused'], [408, 425, 429], EXPIRED_OR_WRONG),
  ...mean(both('not-now'), [425, 429, 503], PLAIN_ERRORS),
  ...mean(both('not-now'), [425, 429], ['no body', 'a page', '{}', '{"success":true}']),
  ...mean(both('not-now'), [503], ['no body', 'a page'], ['Retry-After']),
  ...mean(['not-now', 'unknown'], [408], PLAIN_ERRORS),
  ...mean(
    ['not-now', 'unknown'],
    [408, 503],
    ['no body', 'a page', '{}', '{"success":true}', LARGE.tooLarge],
  ),

  ...mean(['unknown', 'refused'], [500, 502, 504], [...BY_CODE_OR_LOCK, ...FORBIDDEN]),
  ...mean(both('unknown'), [500, 501, 502, 504, 520, 599], [...PLAIN_ERRORS, ...EXPIRED_OR_WRONG]),
  ...mean(
    both('unknown'),
    [500, 501, 502, 504, 511, 599],
    ['no body', 'a page', '{}', '{"success":true}', LARGE.tooLarge],
    [PLAIN, 'Retry-After'],
  ),

  ...mean(['redirect', 'refused'], [302, 307], [...BY_CODE_OR_LOCK, ...FORBIDDEN], ['Location']),
  ...mean(
    both('redirect'),
    [300, 301, 302, 303, 304, 307, 308],
    ['no body', 'a page', '{}'],
    [PLAIN, 'Location'],
  ),
  ...mean(both('redirect'), [302], PLAIN_ERRORS, ['Location']),
];
