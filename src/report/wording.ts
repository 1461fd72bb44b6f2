import type { Outcome } from '../exchange/outcome.ts';
import type { ReportedRequest, RequestKind } from '../responses/api-request.ts';

/** What the reports call a request, and the first words of each of its outcomes. */
interface Wording {
  /** What it is about, in a sentence: `the session`. */
  readonly subject: string;
  /** The first words of the line that tells an outcome. Users search for them. */
  readonly firstWords: Readonly<Record<Outcome<unknown>['kind'], string>>;
}

const OPENING: Wording = {
  subject: 'a session',
  firstWords: {
    success: 'Opened',
    'session-gone': 'Not opened',
    rejected: 'Not opened',
    unknown: 'Not confirmed as opened',
  },
};

const ENDING: Wording['firstWords'] = {
  success: 'Ended',
  'session-gone': 'Already ended',
  rejected: 'Not ended',
  unknown: 'Not confirmed as ended',
};

const WORDING: Readonly<Record<RequestKind, Wording>> = {
  'password-login': OPENING,
  'token-login': OPENING,
  logout: { subject: 'the session', firstWords: ENDING },
  logoutall: { subject: 'every v2 session of the organization', firstWords: ENDING },
};

/** What a request is about, and where it went: `the session on dm-us.informaticacloud.com`. */
export function subjectText({ kind, http }: ReportedRequest<unknown>): string {
  return `${WORDING[kind].subject} on ${http.url.host}`;
}

/** What a request is about, as a part of a sentence. */
export function subjectOf({ kind }: ReportedRequest<unknown>): string {
  return WORDING[kind].subject;
}

/** The first words of an outcome. A session that this step may have ended itself was ended. */
export function firstWords<T>(outcome: Outcome<T>, { kind }: ReportedRequest<T>): string {
  const byUs = outcome.kind === 'session-gone' && outcome.possiblyByUs;
  return WORDING[kind].firstWords[byUs ? 'success' : outcome.kind];
}

const PASSWORD_CHECK =
  'username, password and login-url; usual reasons are the login host of another region, an expired password, a SAML user (who ' +
  'has none), or a second factor (a non-human user needs none)';

/** What is worth looking at when the credential of a request is rejected. */
export function credentialCheck({
  kind,
  urlInput,
}: Pick<ReportedRequest<unknown>, 'kind' | 'urlInput'>): string {
  switch (kind) {
    case 'password-login':
    case 'logoutall':
      return PASSWORD_CHECK;
    case 'token-login':
      return 'organization-id and login-url';
    case 'logout':
      return urlInput;
  }
}
