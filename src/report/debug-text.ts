import type { Attempt, Decision } from '../exchange/effects.ts';
import type { HttpResult, NetworkFailure } from '../http.ts';
import { errorName } from './report.ts';

/**
 * One attempt as a line of the debug log: what was sent where, what came back, how long it took and what was decided. Never a
 * header, a body or a query, because any of them may hold a secret.
 */
export function attemptText({ request, result, durationMs, decision }: Attempt): string {
  const { method, url } = request;
  return `${method} ${url.host}${url.pathname}: ${resultText(result)} after ${Math.round(durationMs)} ms; ${decisionText(decision)}`;
}

function resultText(result: HttpResult): string {
  if (result.kind === 'no-response') return `no response, ${failureName(result.failure)}`;
  const { body, statusCode } = result;
  switch (body.kind) {
    case 'complete':
      return `HTTP ${statusCode}`;
    case 'too-large':
      return `HTTP ${statusCode}, body too large`;
    case 'broken':
      return `HTTP ${statusCode}, body cut off, ${failureName(body.failure)}`;
  }
}

function failureName({ kind, cause }: NetworkFailure): string {
  return cause === undefined ? kind : `${kind} (${rootName(cause)})`;
}

function rootName(cause: unknown): string {
  return cause instanceof Error && cause.cause instanceof Error ? rootName(cause.cause) : errorName(cause);
}

function decisionText(decision: Decision): string {
  switch (decision.kind) {
    case 'settled':
      return decision.as;
    case 'retry':
      return `inconclusive, retry in ${Math.round(decision.waitMs)} ms`;
    case 'not-retried':
      return 'inconclusive, not retried';
    case 'give-up':
      return `inconclusive, no retry: ${decision.why}`;
  }
}
