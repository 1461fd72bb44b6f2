import type { ReportedRequest } from '../responses/api-request.ts';
import type { LikelyCause, Reason, Rejection } from '../responses/classification.ts';
import type { UnrecognizedBody } from '../responses/parsed-body.ts';
import type { ServerError } from '../responses/server-text.ts';
import { failureText } from './failure-text.ts';
import { credentialCheck } from './wording.ts';

type RequestContext = Pick<ReportedRequest<unknown>, 'http' | 'urlInput' | 'kind'>;

/** Who said it, and what: a sentence without its end. */
export function serverSaysText({ statusCode, error }: Pick<Rejection, 'statusCode' | 'error'>): string {
  return error === undefined
    ? `an empty answer (HTTP ${statusCode})`
    : `the server says ${errorText(error)} (HTTP ${statusCode})`;
}

/** A rejection and its likely causes. */
export function rejectionText(rejection: Rejection, context: RequestContext): string {
  const said = serverSaysText(rejection);
  const hints = hintsOf(rejection, context).map((hint) => `; ${hint}`);
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${hints.join('')}`;
}

/** Why an attempt was inconclusive, as a part of a sentence. */
export function reasonText(reason: Reason, { http, urlInput }: RequestContext): string {
  switch (reason.kind) {
    case 'network':
      return failureText(reason.failure, http.url.host, urlInput);
    case 'server-error':
      return reason.error === undefined
        ? `HTTP ${reason.statusCode} came back, without a word of the API's`
        : serverSaysText({ statusCode: reason.statusCode, error: reason.error });
    case 'redirect':
      return `something answered with a redirect (HTTP ${reason.statusCode}) to ${reason.host ?? 'a place it does not name'}; it was not followed, and nothing was sent there: log in again, for the organization may have moved, or check ${urlInput}`;
    case 'unrecognized': {
      const type = reason.contentType === '' ? '' : `, ${reason.contentType}`;
      return `something answered with ${BODIES[reason.body]} (HTTP ${reason.statusCode}${type}): not the API, but a proxy, a gateway or a wrong ${urlInput}`;
    }
  }
}

const BODIES: Readonly<Record<UnrecognizedBody, string>> = {
  'web-page': 'a web page',
  text: 'a text',
  json: "JSON that is not the API's",
  empty: 'an empty answer',
  'too-large': 'more than 64 KiB',
  encoded: 'an encoding that was not asked for',
  'cut-off': 'an answer that broke off',
};

function hintsOf({ statusCode, likelyCauses }: Rejection, context: RequestContext): readonly string[] {
  if (statusCode === 404) return [`check ${context.urlInput}`];
  return likelyCauses.map((cause) => hintOf(cause, context));
}

function hintOf(cause: LikelyCause, context: RequestContext): string {
  switch (cause) {
    case 'lock':
      return "don't run the job again: an administrator unlocks the account";
    case 'credentials':
      return `check ${credentialCheck(context)}`;
    case 'address':
      return "an organization's trusted IP addresses also keep out runners";
  }
}

function errorText({ code, description, requestId }: ServerError): string {
  const said = [code, description && `"${description}"`, requestId && `[request ${requestId}]`];
  return said.filter((part) => part !== '').join(' ') || 'no more than that it is an error';
}
