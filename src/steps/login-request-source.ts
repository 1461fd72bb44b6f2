import type { Effects } from '../exchange/effects.ts';
import { DEFAULTS, type RequestSource, sameRequest, sendWithRetries } from '../exchange/exchange.ts';
import type { TimeLimit } from '../exchange/time-limit.ts';
import type { TokenFailure } from '../report/token-text.ts';
import { tokenRetryText } from '../report/token-text.ts';
import { idTokenRequest } from '../requests/id-token.ts';
import type { AuthMethod } from '../requests/login-task.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { LoginResponse } from '../responses/user-object.ts';
import type { MainRunner } from './runner.ts';

/** Where the requests of a login come from: the same each time, or one with a new token of GitHub's. */
export class LoginRequestSource implements RequestSource<LoginResponse> {
  /** A request of this way, for its words: without a token where it needs a new one each time. */
  readonly request: ReportedRequest<LoginResponse>;
  readonly maxCredentialUses: number;
  /** The token that was shown last. */
  token: string | undefined;
  /** Why there was no token to ask with. */
  failure: TokenFailure | undefined;
  readonly #way: AuthMethod;
  readonly #runner: MainRunner;
  readonly #world: Effects;

  constructor(way: AuthMethod, runner: MainRunner, world: Effects) {
    this.request = way.kind === 'github' ? way.request('') : way.request;
    this.maxCredentialUses = this.request.maxCredentialUses;
    this.token = way.kind === 'token' ? way.token : undefined;
    this.#way = way;
    this.#runner = runner;
    this.#world = world;
  }

  /** GitHub's token is good for one login: it is fetched anew, masked, and never kept. */
  async next(limit: TimeLimit): Promise<ReportedRequest<LoginResponse> | undefined> {
    if (this.#way.kind !== 'github') return this.request;
    const service = this.#runner.idTokenService();
    const request = service && idTokenRequest(service, this.#way.audience);
    if (request === undefined) {
      this.failure = { kind: service === undefined ? 'no-permission' : 'no-service' };
      return undefined;
    }
    const { clock } = this.#world;
    const outcome = await sendWithRetries(
      sameRequest(request),
      {
        ...DEFAULTS,
        // A login that is sent with no time left for its answer is a session that nobody can end.
        deadlineMs: clock.nowMs() + limit.remainingMs() / 2,
        onCancel: 'stop',
        onRetry: (attempt, reason, waitMs) =>
          this.#runner.info(tokenRetryText(request, attempt, reason, waitMs)),
      },
      this.#world,
    );
    if (outcome.kind !== 'success') {
      this.failure = { kind: 'not-had', outcome, request };
      return undefined;
    }
    this.#runner.mask(outcome.value);
    this.token = outcome.value;
    return this.#way.request(outcome.value);
  }
}
