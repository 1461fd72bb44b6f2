/** The purpose of a request. */
export type Purpose = 'logout' | 'logoutall' | 'login' | 'token-login' | 'validity' | 'access-token';

/** What a request proves itself with. */
export type Credential = 'session-id' | 'password' | 'token';

const CREDENTIALS: Readonly<Record<Purpose, Credential>> = {
  logout: 'session-id',
  logoutall: 'password',
  login: 'password',
  'token-login': 'token',
  validity: 'session-id',
  'access-token': 'session-id',
};

export function credentialOf(purpose: Purpose): Credential {
  return CREDENTIALS[purpose];
}

/** How many requests of a job may have shown a password to a server. */
export const MAX_CREDENTIAL_USES = 3;

/** It opens a session. */
export function opens(purpose: Purpose): boolean {
  return purpose === 'login' || purpose === 'token-login';
}

/** It ends one session, or all. */
export function ends(purpose: Purpose): boolean {
  return purpose === 'logout' || purpose === 'logoutall';
}

/**
 * What an error object is about: what it says no to, or ended. `account`: the credentials are not valid, or have expired; `lock`:
 * the account is locked or disabled.
 */
export type About =
  | 'session'
  | 'account'
  | 'lock'
  | 'address'
  | 'license'
  | 'maintenance'
  | 'permission'
  | 'nothing';

/** What came back, by what it was. What should follow from it is no part of it. */
export type Form =
  /** The server did what was requested and said so, or said truly why not. */
  | { readonly kind: 'truth' }
  /** What no client can tell from the vendor's success: an empty 200 or 204 with a certain end, `{}`, a success object. */
  | { readonly kind: 'success' }
  /** A user object, under 200 unless said: a session was opened, whatever else came with it. `hasId`: it has a usable session ID. */
  | {
      readonly kind: 'user-object';
      readonly hasId: boolean;
      readonly status?: number;
      readonly retryAfter?: boolean;
    }
  /** A 200 of validSessionId. */
  | { readonly kind: 'validity'; readonly isValid: boolean }
  /** A JWT under 200, in a field in which clients look for an access token. */
  | { readonly kind: 'access-token' }
  /** An empty 401 with a certain end and no `WWW-Authenticate`. */
  | { readonly kind: 'bare-401' }
  /** The vendor's error object; `statusCode` and `code` are those in it. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly about: About;
      readonly statusCode?: number | undefined;
      readonly code?: string | undefined;
    }
  /** Any other response whose status is known, whole or under 3xx or 4xx broken off. */
  | {
      readonly kind: 'other';
      readonly status: number;
      readonly retryAfter?: boolean;
      readonly brokenOff?: boolean;
    }
  /** No response, or a 2xx or 5xx that broke off. `notHttp`: because it cannot be read as HTTP, which rarely passes. */
  | { readonly kind: 'nothing'; readonly notHttp?: boolean };

/** What one request met, as the one knows it who made it so. */
export interface Encounter {
  readonly name: string;
  readonly form: Form;
  /** It takes the rest of the step's time, or requests a longer wait than that. */
  readonly takesAllTime?: boolean;
  /** A client may read it, or wait for it, or not. To retry is right too. */
  readonly ambiguous?: boolean;
  /** Something in front of the server responded, so the server did not get the request. */
  readonly from?: 'gateway';
  /** No connection was made over which the request could be sent. */
  readonly neverSent?: boolean;
  /** An error was thrown in the program, which the log is to tell. */
  readonly programError?: boolean;
  /** A failure that rarely passes: how often a step may have it. What follows from a response, `limitOf` knows. */
  readonly atMost?: Limit;
}

/** How often a step may have something of a kind before it sends no further request. */
export interface Limit {
  readonly kind: string;
  readonly times: number;
}

export const PROPER: Encounter = { name: 'a proper response', form: { kind: 'truth' } };

const BAD_CREDENTIALS = ['UI_10000', 'IDS_085', 'IDS_086', 'IDS_087', 'AUTH_01'];
const FORBIDDEN = [401, 403];
/** An error object under these settles nothing. */
const UNSETTLED = [407, 408, 425, 429];
/** These ask to be retried as often as time allows. */
const RETRIED = [408, 425, 429];
const NOT_JUDGED = [425, 429];

/** It speaks of bad credentials or a lock: by status, by code or by what it is about, and any 401 or 403. */
export function rejectsCredentials(form: Form): boolean {
  switch (form.kind) {
    case 'truth':
    case 'success':
    case 'validity':
    case 'access-token':
    case 'nothing':
      return false;
    case 'user-object':
      return FORBIDDEN.includes(form.status ?? 200);
    case 'bare-401':
      return true;
    case 'error':
      return (
        FORBIDDEN.includes(form.status) ||
        FORBIDDEN.includes(form.statusCode ?? 0) ||
        BAD_CREDENTIALS.includes(form.code ?? '') ||
        form.about === 'lock' ||
        (form.about === 'account' && (within(form.status, 200) || within(form.status, 400)))
      );
    case 'other':
      return FORBIDDEN.includes(form.status);
  }
}

/** In the vendor's form it says that there is no such session. */
export function saysDead(form: Form): boolean {
  if (form.kind === 'bare-401') return true;
  if (form.kind !== 'error') return false;
  const { status, code, about } = form;
  if (code === 'AUTH_01') return status === 200 || (within(status, 400) && !UNSETTLED.includes(status));
  return isUnauthorized(form) && about === 'session';
}

/** Its status is 401, or 200 with 401 in it, and no other is in it. */
function isUnauthorized({ status, statusCode = status }: Extract<Form, { kind: 'error' }>): boolean {
  return statusCode === 401 && (status === 401 || status === 200);
}

/** It is about whether a session lives, so that an error object may mean that it does not. */
function isAboutLife(purpose: Purpose): boolean {
  return purpose === 'logout' || purpose === 'validity';
}

/** A 401 about something else than the session: by its text it is a rejection, or its meaning is unclear. */
export function isUnclearError(form: Form, purpose: Purpose): boolean {
  if (form.kind !== 'error' || !isAboutLife(purpose)) return false;
  const { status, statusCode } = form;
  return !saysDead(form) && (status === 401 || (status === 200 && statusCode === 401));
}

/** In the vendor's form it says how it went, which settles it. */
export function settles(form: Form, purpose: Purpose): boolean {
  switch (form.kind) {
    case 'truth':
      return true;
    case 'success':
      return ends(purpose);
    case 'user-object':
      return opens(purpose);
    case 'validity':
      return purpose === 'validity';
    case 'access-token':
      return purpose === 'access-token';
    case 'bare-401':
      return purpose === 'logout';
    case 'error': {
      const { status } = form;
      if (isUnclearError(form, purpose)) return false;
      const unsettled = purpose === 'access-token' ? RETRIED : UNSETTLED;
      const decided = within(status, 200) || (within(status, 400) && !unsettled.includes(status));
      return (
        decided || saysDead(form) || (credentialOf(purpose) !== 'session-id' && rejectsCredentials(form))
      );
    }
    case 'other':
    case 'nothing':
      return false;
  }
}

/** The vendor rejects, which is no claim that anything has ended. */
export function rejects(form: Form, purpose: Purpose): boolean {
  const saysGone = isAboutLife(purpose) && saysDead(form);
  return settles(form, purpose) && form.kind === 'error' && !saysGone;
}

/** The request was not processed, and should be sent again later. */
export function saysNotNow(form: Form): boolean {
  switch (form.kind) {
    case 'error':
      return NOT_JUDGED.includes(form.status) || form.status === 503;
    case 'user-object':
    case 'other': {
      const { status = 200, retryAfter = false } = form;
      return NOT_JUDGED.includes(status) || (status === 503 && retryAfter);
    }
    default:
      return false;
  }
}

/** It may have been judged: what it proves itself with counts as shown. */
export function mayUseCredential({ form, neverSent = false }: Encounter): boolean {
  return !neverSent && !saysNotNow(form);
}

/** The session may have ended, and the client cannot know. */
export function mayHaveHadEffect({ form, neverSent = false }: Encounter): boolean {
  if (neverSent) return false;
  if (form.kind === 'user-object') return within(form.status ?? 200, 200);
  if (['nothing', 'validity', 'access-token'].includes(form.kind)) return true;
  if (form.kind !== 'error' && form.kind !== 'other') return false;
  const isUnclear2xx = within(form.status, 200) && (form.kind === 'other' || isUnclearError(form, 'logout'));
  return [500, 502, 504].includes(form.status) || isUnclear2xx;
}

/** A response after which no client can know that the login opened a session. */
export function deniesOpening({ form, neverSent = false }: Encounter): boolean {
  if (form.kind === 'user-object') return false;
  // What stands in front may say this although the login worked.
  const mayHaveWorked = form.kind === 'other' && form.status === 503;
  const isBroken4xx = form.kind === 'other' && form.brokenOff === true && within(form.status, 400);
  return (
    neverSent ||
    (saysNotNow(form) && !mayHaveWorked) ||
    form.kind === 'bare-401' ||
    rejects(form, 'login') ||
    isRedirect(form, 'login') ||
    isUnclear4xx(form) ||
    isBroken4xx
  );
}

/** A redirect, which must not be followed, unless an error object in it settles the request. */
export function isRedirect(form: Form, purpose: Purpose): boolean {
  if (form.kind !== 'other' && form.kind !== 'error' && form.kind !== 'user-object') return false;
  return within(form.status ?? 200, 300) && !settles(form, purpose);
}

/** A 4xx that settles nothing and does not ask to wait. */
export function isUnclear4xx(form: Form, purpose: Purpose = 'login'): boolean {
  switch (form.kind) {
    case 'user-object':
      return !opens(purpose) && isUnclearStatus(form.status ?? 200);
    case 'error':
      return form.status === 407 || (form.status === 401 && isUnclearError(form, purpose));
    case 'other':
      return form.brokenOff !== true && isUnclearStatus(form.status);
    default:
      return false;
  }
}

function isUnclearStatus(status: number): boolean {
  return within(status, 400) && !RETRIED.includes(status);
}

/** How often a step may have this; undefined if as often as its time allows. */
export function limitOf({ name, form, atMost }: Encounter, purpose: Purpose): Limit | undefined {
  if (atMost !== undefined) return atMost;
  if (settles(form, purpose)) return undefined;
  if (form.kind === 'nothing' && form.notHttp) return { kind: 'no HTTP', times: opens(purpose) ? 1 : 2 };
  if (isRedirect(form, purpose)) return { kind: 'a redirect', times: 1 };
  if (purpose === 'access-token') {
    return isWithoutToken(form) ? { kind: 'a response without a token', times: 2 } : undefined;
  }
  if (isUnclear4xx(form, purpose)) return { kind: 'an unclear 4xx', times: 2 };
  return isUnclear(form) ? { kind: `"${name}"`, times: 6 } : undefined;
}

/** A response that settles nothing about an access token, and that rarely changes. */
function isWithoutToken(form: Form): boolean {
  switch (form.kind) {
    case 'success':
    case 'validity':
    case 'bare-401':
      return true;
    case 'user-object':
    case 'error':
    case 'other': {
      const { status = 200 } = form;
      const isBroken = form.kind === 'other' && form.brokenOff === true;
      return !isBroken && !within(status, 500) && !RETRIED.includes(status);
    }
    case 'truth':
    case 'access-token':
    case 'nothing':
      return false;
  }
}

/** A response that is not the vendor's and may never change; a 5xx usually passes. */
export function isUnclear(form: Form): boolean {
  if (form.kind === 'other' && form.brokenOff) return false;
  if (form.kind === 'validity' || form.kind === 'access-token') return true;
  if (form.kind === 'error') return form.status === 200 && isUnclearError(form, 'logout');
  const status =
    form.kind === 'user-object' ? (form.status ?? 200) : form.kind === 'other' ? form.status : 500;
  return status < 500 && !RETRIED.includes(status);
}

function within(status: number, hundred: number): boolean {
  return status >= hundred && status < hundred + 100;
}
