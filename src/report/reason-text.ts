import type { HttpRequest } from '../http.ts';
import type { ReportedRequest, RequestKind } from '../responses/api-request.ts';
import type { LikelyCause, Reason, Rejection } from '../responses/classification.ts';
import type { UnrecognizedBody } from '../responses/parsed-body.ts';
import type { ServerError } from '../responses/server-text.ts';
import { failureText } from './failure-text.ts';
import { credentialCheck } from './wording.ts';

/** What the reasons need to know about a request. */
export interface RequestContext extends Pick<ReportedRequest<unknown>, 'urlInput'> {
  readonly http: Pick<HttpRequest, 'url' | 'headers'>;
  readonly kind: RequestKind | 'access-token';
}

/** What the server said, as a sentence without a full stop. */
export function serverSaysText({ statusCode, error }: Pick<Rejection, 'statusCode' | 'error'>): string {
  return error === undefined
    ? `an empty response (HTTP ${statusCode})`
    : `the server says ${errorText(error)} (HTTP ${statusCode})`;
}

/** A rejection and its likely causes. */
export function rejectionText(rejection: Rejection, context: RequestContext): string {
  const said = serverSaysText(rejection);
  const hints = hintsOf(rejection, context).map((hint) => `; ${hint}`);
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${hints.join('')}`;
}

/** Why an attempt was inconclusive, as a part of a sentence. */
export function reasonText(reason: Reason, context: RequestContext): string {
  const { http, urlInput } = context;
  switch (reason.kind) {
    case 'network':
      return failureText(reason.failure, http.url.host, urlInput);
    case 'server-error':
      return reason.error === undefined
        ? `HTTP ${reason.statusCode} without an API error`
        : [serverSaysText({ statusCode: reason.statusCode, error: reason.error })]
            .concat(headerHints(reason.statusCode, context))
            .join('; ');
    case 'contradicted':
      return `${serverSaysText(reason)}, but validSessionId reports the session as still valid`;
    case 'no-token':
      return `the response (HTTP ${reason.statusCode}) has no token in jwt_token, access_token or token`;
    case 'redirect': {
      const to = reason.host ?? 'an address that it does not name';
      const advice =
        isLogin(context) || context.kind === 'access-token'
          ? `check ${urlInput}, because the organization may have another login host`
          : `log in again, because the organization may have moved${urlInput === undefined ? '' : `, or check ${urlInput}`}`;
      return `the response is a redirect (HTTP ${reason.statusCode}) to ${to}, which was not followed: ${advice}`;
    }
    case 'unrecognized':
      return [unrecognizedText(reason, context), ...headerHints(reason.statusCode, context)].join('; ');
  }
}

function unrecognizedText(
  { statusCode, body, contentType }: Extract<Reason, { kind: 'unrecognized' }>,
  context: RequestContext,
): string {
  const type = contentType === '' ? '' : `, ${contentType}`;
  const what = `the response is ${BODIES[body]} (HTTP ${statusCode}${type})`;
  const check = credentialCheck(context.kind);
  return statusCode === 401 && body === 'empty' && check !== undefined
    ? `${what}: if it came from the API, the credentials were rejected: check ${check}`
    : `${what}: it did not come from the API, but from a proxy or a gateway${context.urlInput === undefined ? '' : `, or ${context.urlInput} is wrong`}`;
}

/** From this length on, servers and proxies may refuse a header: their usual limits begin at 8 KiB for all headers together. */
const LONG_ID = 4_000;

/** A session id can be a JWT of many thousand characters. It is sent as a header. */
function headerHints(statusCode: number, { kind, http }: RequestContext): readonly string[] {
  if (kind !== 'logout' || (statusCode !== 400 && statusCode !== 431)) return [];
  const longest = Math.max(...Object.values(http.headers).map((value) => value.length));
  return longest < LONG_ID
    ? []
    : [
        `the session ID has ${longest} characters, which may be more than a proxy or the server accepts in a header`,
      ];
}

function isLogin({ kind }: RequestContext): boolean {
  return kind === 'password-login' || kind === 'token-login';
}

const BODIES: Readonly<Record<UnrecognizedBody, string>> = {
  'web-page': 'a web page',
  text: 'plain text',
  json: 'JSON that the API does not send',
  empty: 'empty',
  'too-large': 'larger than 64 KiB',
  encoded: 'in an unknown encoding',
  'cut-off': 'cut off',
};

function hintsOf({ statusCode, likelyCauses }: Rejection, context: RequestContext): readonly string[] {
  const wrongUrl =
    statusCode === 404 && likelyCauses.length === 0
      ? context.urlInput === undefined
        ? []
        : [`check ${context.urlInput}`]
      : [];
  return [
    ...wrongUrl,
    ...headerHints(statusCode, context),
    ...likelyCauses.map((cause) => hintOf(cause, context)).filter((hint) => hint !== undefined),
  ];
}

function hintOf(cause: LikelyCause, { kind }: RequestContext): string | undefined {
  const check = credentialCheck(kind);
  switch (cause) {
    case 'lock':
      return "don't run the job again yet: an administrator unlocks or enables the account first; then run the job again";
    case 'expired-password':
      return 'the password or the account has expired: the user sets a new password, or an administrator renews the account; then update the secret and run the job again';
    case 'too-many-sessions':
      return 'the user has too many open sessions: end those that are not needed (mode: logoutall ends every v2 session of the organization), or wait for their idle time-out';
    case 'credentials':
      return check && `check ${check}`;
    case 'address':
      return "the organization's trusted IP addresses may not include the runner's";
  }
}

function errorText({ code, description, requestId }: ServerError): string {
  const said = [code, description && `"${description}"`, requestId && `[request ${requestId}]`];
  return said.filter((part) => part !== '').join(' ') || 'only that an error occurred';
}
