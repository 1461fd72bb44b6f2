import { sendWithRetries } from '../exchange/exchange.ts';
import { DEFAULTS, type RequestSource, sameRequest } from '../exchange/retry-options.ts';
import type { TimeLimit } from '../exchange/time-limit.ts';
import { type TokenFailure, tokenRetryText } from '../report/token-text.ts';
import { idTokenRequest } from '../requests/id-token.ts';
import type { AuthMethod } from '../requests/mode.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { LoginResponse } from '../responses/user-object.ts';
import type { MainContext } from './runner.ts';

/** The requests of a login: the same each time, or one with a new ID token from GitHub. */
export class LoginRequestSource implements RequestSource<LoginResponse> {
  /** A request of this method for the reports. It has no token if each attempt gets a new one. */
  readonly request: ReportedRequest<LoginResponse>;
  readonly maxCredentialUses: number;
  /** The token that was sent last. */
  token: string | undefined;
  /** Why there was no token to send. */
  failure: TokenFailure | undefined;
  readonly #authMethod: AuthMethod;
  readonly #context: MainContext;

  constructor(authMethod: AuthMethod, context: MainContext) {
    this.request = authMethod.kind === 'github' ? authMethod.request('') : authMethod.request;
    this.maxCredentialUses = this.request.maxCredentialUses;
    this.token = authMethod.kind === 'token' ? authMethod.token : undefined;
    this.#authMethod = authMethod;
    this.#context = context;
  }

  /** GitHub's token works for one login, so each attempt gets a new one, which is masked and never saved. */
  async next(limit: TimeLimit): Promise<ReportedRequest<LoginResponse> | undefined> {
    if (this.#authMethod.kind !== 'github') return this.request;
    const { runner, effects } = this.#context;
    const service = runner.idTokenService();
    const request = service && idTokenRequest(service, this.#authMethod.audience);
    if (request === undefined) {
      this.failure = { kind: service === undefined ? 'no-permission' : 'no-service' };
      return undefined;
    }
    const outcome = await sendWithRetries(
      sameRequest(request),
      {
        ...DEFAULTS,
        // If a login is sent with no time left for its response, nobody can end its session.
        limit: limit.atMost(limit.remainingMs() / 2),
        onCancel: 'stop',
        onRetry: (attempt, reason, waitMs) => runner.info(tokenRetryText(request, attempt, reason, waitMs)),
      },
      effects,
    );
    if (outcome.kind !== 'success') {
      this.failure = { kind: 'not-had', outcome, request };
      return undefined;
    }
    runner.mask(outcome.value);
    this.token = outcome.value;
    return this.#authMethod.request(outcome.value);
  }
}
