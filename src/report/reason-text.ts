import type { ReportedRequest } from '../responses/api-request.ts';
import type { LikelyCause, Rejection } from '../responses/classify.ts';
import type { Reason } from '../responses/inconclusive.ts';
import type { ServerError } from '../responses/server-error.ts';
import { failureText } from './failure-text.ts';
import { credentialCheck } from './wording.ts';

type RequestContext = Pick<ReportedRequest<unknown>, 'http' | 'urlInput' | 'kind'>;

/** Who said it, and what: a sentence without its end. */
export function serverSaysText({ statusCode, error }: Pick<Rejection, 'statusCode' | 'error'>): string {
  return error === undefined
    ? `an empty answer (HTTP ${statusCode})`
    : `the server says ${errorText(error)} (HTTP ${statusCode})`;
}

/** A refusal, and what it may come from. */
export function rejectionText(refusal: Rejection, asked: RequestContext): string {
  const said = serverSaysText(refusal);
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${hints(refusal, asked)
    .map((hint) => `; ${hint}`)
    .join('')}`;
}

/** What an attempt met that settles nothing, as a part of a sentence. */
export function reasonText(reason: Reason, { http, urlInput }: RequestContext): string {
  switch (reason.kind) {
    case 'network':
      return failureText(reason.failure, http.url.host, urlInput);
    case 'server-error':
      return reason.error === undefined
        ? `HTTP ${reason.statusCode} came back, without a word of the API's`
        : serverSaysText({ statusCode: reason.statusCode, error: reason.error });
    case 'redirect':
      return `something answered with a redirect (HTTP ${reason.statusCode}) to ${reason.host}; it was not followed, and nothing was sent there: log in again, for the organization may have moved, or check ${urlInput}`;
    case 'unrecognized': {
      const { what, statusCode, contentType } = reason;
      const type = contentType === '' ? '' : `, ${contentType}`;
      return `something answered with ${what} (HTTP ${statusCode}${type}): not the API, but a proxy, a gateway or a wrong ${urlInput}`;
    }
  }
}

function hints({ statusCode, likelyCauses }: Rejection, context: RequestContext): readonly string[] {
  if (statusCode === 404) return [`check ${context.urlInput}`];
  return likelyCauses.map((blame) => hintOf(blame, credentialCheck(context)));
}

function hintOf(blame: LikelyCause, check: string): string {
  switch (blame) {
    case 'lock':
      return "don't run the job again: an administrator unlocks the account";
    case 'credentials':
      return `check ${check}`;
    case 'address':
      return "an organization's trusted IP addresses also keep out runners";
  }
}

function errorText({ code, description, requestId }: ServerError): string {
  const said = [code, description && `"${description}"`, requestId && `[request ${requestId}]`];
  return said.filter((part) => part !== '').join(' ') || 'no more than that it is an error';
}
