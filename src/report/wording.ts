import type { Outcome } from '../exchange/outcome.ts';
import type { ReportedRequest, RequestKind } from '../responses/api-request.ts';

/** What the reports call a request, and the first words of each of its outcomes. */
interface Wording {
  /** What it is about, in a sentence: `the session`. */
  readonly subject: string;
  /** The first words of the line that tells an outcome. Users search for them. */
  readonly firstWords: Readonly<Record<Outcome<unknown>['kind'] | 'not-sent', string>>;
}

const OPENING: Wording = {
  subject: 'a session',
  firstWords: {
    success: 'Opened',
    'session-gone': 'Not opened',
    rejected: 'Not opened',
    unknown: 'Not confirmed as opened',
    'not-sent': 'Not opened',
  },
};

const UNCONFIRMED_END = 'Not confirmed as ended';

const ENDING: Wording['firstWords'] = {
  success: 'Ended',
  'session-gone': 'Already ended',
  rejected: 'Not ended',
  unknown: UNCONFIRMED_END,
  // The session is open, or was never there: only the server knows.
  'not-sent': UNCONFIRMED_END,
};

const WORDING: Readonly<Record<RequestKind, Wording>> = {
  'password-login': OPENING,
  'token-login': OPENING,
  logout: { subject: 'the session', firstWords: ENDING },
  logoutall: { subject: 'every v2 session of the organization', firstWords: ENDING },
};

/** What a request is about: `the session of ci@example.com in organization Sales on dm-us.informaticacloud.com`. */
export function subjectText({ kind, owner, http }: ReportedRequest<unknown>): string {
  return `${WORDING[kind].subject}${ownerText(owner)} on ${http.url.host}`;
}

/** Whose session it is, as far as it is known. */
export function ownerText({ user, organization }: ReportedRequest<unknown>['owner']): string {
  const ofUser = user === '' ? '' : ` of ${user}`;
  return organization === '' ? ofUser : `${ofUser} in organization ${organization}`;
}

/** The first words of an outcome. A session that this step may have ended itself was ended. */
export function firstWords<T>(outcome: Outcome<T>, { kind }: ReportedRequest<T>): string {
  const words = WORDING[kind].firstWords;
  switch (outcome.kind) {
    case 'session-gone':
      return words[outcome.possiblyByUs ? 'success' : 'session-gone'];
    case 'unknown':
      return words[outcome.wasSent ? 'unknown' : 'not-sent'];
    case 'success':
    case 'rejected':
      return words[outcome.kind];
  }
}

const PASSWORD_CHECK =
  'username, password and login-url; common causes are the login host of another region, an expired password, a SAML user, who ' +
  'has no password, or a second factor, which a non-human user does not need';

/** What to check when the credential of a request is rejected; undefined for a request that has only a session ID. */
export function credentialCheck(kind: RequestKind | 'access-token'): string | undefined {
  switch (kind) {
    case 'password-login':
    case 'logoutall':
      return PASSWORD_CHECK;
    case 'token-login':
      return 'organization-id and login-url';
    case 'logout':
    case 'access-token':
      return undefined;
  }
}
