import type { HttpRequest, HttpResult } from '../http.ts';
import { isJwt } from '../inputs/oauth-token.ts';
import type { ApiRequest, ClassificationRules } from '../responses/api-request.ts';
import type { Classification } from '../responses/classification.ts';
import { classify } from '../responses/classify.ts';
import { members } from '../responses/json.ts';
import { isWithin } from '../responses/status.ts';
import { repeatableRequest } from './build-request.ts';

/** A bearer token for the newer services. */
export interface AccessToken {
  readonly token: string;
  /** As received, perhaps with blanks around it. */
  readonly received: string;
}

/**
 * Requests an access token for a session (vendor's API references of Data Governance and Catalog, and of Data Marketplace). It
 * opens nothing, so it may be repeated freely. `nonce` is another one for each attempt.
 */
export function accessTokenRequest(loginUrl: URL, sessionId: string, nonce: string): ApiRequest<AccessToken> {
  const url = new URL('/identity-service/api/v1/jwt/Token', loginUrl);
  url.searchParams.set('client_id', 'idmc_api');
  url.searchParams.set('nonce', nonce);
  const headers = {
    Accept: 'application/json',
    'IDS-SESSION-ID': sessionId,
    Cookie: `USER_SESSION=${sessionId}`,
  };
  const http: HttpRequest = { method: 'POST', url, headers, body: '' };
  const rules: ClassificationRules<AccessToken> = {
    call: 'access-token',
    http,
    secret: sessionId,
    secretIsPassword: false,
    read: readAccessToken,
  };
  return { ...repeatableRequest(rules), classify: (result) => classifyAccessToken(result, rules) };
}

/** The vendor names no field of the response. Public clients read these, in this order. */
const FIELDS = ['jwt_token', 'access_token', 'token'] as const;

function readAccessToken(json: unknown): AccessToken | undefined {
  const body = members(json) ?? {};
  for (const name of FIELDS) {
    const received = body[name];
    if (typeof received !== 'string') continue;
    const token = received.trim();
    if (isJwt(token)) return { token, received };
  }
  return undefined;
}

/** Responses without a token, whatever they are, rarely change. */
const WITHOUT_TOKEN = { name: 'without a token', times: 2 };

function classifyAccessToken(
  result: HttpResult,
  rules: ClassificationRules<AccessToken>,
): Classification<AccessToken> {
  // An error must not repeat a token either, because only one that is accepted is masked.
  const secret = [rules.secret, ...tokensOf(result)].join(' ');
  const classification = classify(result, { ...rules, secret });
  if (classification.kind !== 'inconclusive' || classification.reason.kind !== 'unrecognized') {
    return classification;
  }
  const { statusCode, body } = classification.reason;
  return {
    ...classification,
    reason:
      body === 'json' && isWithin(statusCode, 200) ? { kind: 'no-token', statusCode } : classification.reason,
    repeatLimit: WITHOUT_TOKEN,
  };
}

/** The JWTs in a response, also cut or in escapes: each part of one that is JSON begins with the same letters. */
function tokensOf(result: HttpResult): readonly string[] {
  const text = result.kind === 'response' && result.body.kind === 'complete' ? result.body.text : '';
  return text.match(/eyJ[\w-]{5,}/g) ?? [];
}
