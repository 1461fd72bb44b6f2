import type { Answer, Delivery } from '../http.ts';
import type { ClassificationRules } from './classification-rules.ts';
import type { ErrorObject } from './error-object.ts';
import { isWithin, NOT_NOW, type Unsettled, unsettledBy, unsettledByFailure } from './inconclusive.ts';
import { listen, type Speech } from './parsed-body.ts';
import { type ServerError, shown } from './server-error.ts';

/** What a refusal may come from, as the vendor's statuses, codes and words say it. */
export type Blame = 'lock' | 'credentials' | 'address';

/** The vendor's no. Without an error object it is an empty 401. */
export interface Refusal {
  readonly statusCode: number;
  readonly error: ServerError | undefined;
  readonly blames: readonly Blame[];
  /** When it was said, as the server's `Date` has it. */
  readonly date: string | undefined;
}

/** What one delivery means. All but `unsettled` is the vendor's word. */
export type Verdict<T> =
  | { readonly kind: 'done'; readonly statusCode: number; readonly value: T }
  | ({ readonly kind: 'gone' } & Refusal)
  | ({ readonly kind: 'refused' } & Refusal)
  | Unsettled;

/** The vendor's codes for credentials that are not valid, or an account that is locked. */
const BAD_CREDENTIALS = ['UI_10000', 'IDS_085', 'IDS_086', 'AUTH_01'];

/** Decides what one delivery means to the API's client. Rows are read from the top: the vendor's word beats the status. */
export function judge<T>(delivery: Delivery, rules: ClassificationRules<T>): Verdict<T> {
  if (delivery.kind === 'no-answer') return unsettledByFailure(delivery);
  const speech = listen(delivery);
  return vendorsWord(delivery, speech, rules) ?? unsettledBy(delivery, speech, rules);
}

function vendorsWord<T>(
  answer: Answer,
  speech: Speech,
  rules: ClassificationRules<T>,
): Verdict<T> | undefined {
  const { statusCode, headers } = answer;
  switch (speech.kind) {
    case 'error-object':
      return judgeError(answer, speech.error, rules);
    case 'silence': {
      // The vendor says that an error object may be missing.
      const bare401 = statusCode === 401 && headers.wwwAuthenticate === undefined;
      if (bare401) {
        const blames = ['credentials', 'address'] as const;
        return { kind: rules.rejected, statusCode, error: undefined, blames, date: headers.date };
      }
      return statusCode === 200 || statusCode === 204 ? good(statusCode, undefined, rules) : undefined;
    }
    case 'json':
      return statusCode === 200 ? good(statusCode, speech.value, rules) : undefined;
    case 'foreign':
      return undefined;
  }
}

function good<T>(
  statusCode: number,
  json: unknown,
  { read }: ClassificationRules<T>,
): Verdict<T> | undefined {
  const value = read(json);
  return value === undefined ? undefined : { kind: 'done', statusCode, value };
}

function judgeError<T>(
  { statusCode, headers }: Answer,
  raw: ErrorObject,
  { rejected, secret }: ClassificationRules<T>,
): Verdict<T> | undefined {
  const says = (status: number) => statusCode === status || raw.statusCode === status;
  const forbidden = says(401) || says(403);
  const badCredentials = rejected === 'refused' && (forbidden || BAD_CREDENTIALS.includes(raw.code));
  const deadSession = raw.code === 'AUTH_01' || (says(401) && !isWithin(statusCode, 500));
  const final = isWithin(statusCode, 200) || (isWithin(statusCode, 400) && !NOT_NOW.includes(statusCode));
  const blames = blamesOf(raw, badCredentials, forbidden);
  const refusal = { statusCode, error: shown(raw, secret), blames, date: headers.date };
  if (rejected === 'gone' && deadSession) return { kind: 'gone', ...refusal };
  return badCredentials || final ? { kind: 'refused', ...refusal } : undefined;
}

function blamesOf(
  { code, description }: ErrorObject,
  badCredentials: boolean,
  forbidden: boolean,
): readonly Blame[] {
  if (code === 'IDS_086' || /\block(ed)?\b/i.test(description)) return ['lock'];
  const credentials: readonly Blame[] = badCredentials ? ['credentials'] : [];
  return forbidden ? [...credentials, 'address'] : credentials;
}
