import type { World } from '../exchange/effects.ts';
import { always, ask, QUIETLY, type Source } from '../exchange/exchange.ts';
import type { TimeLimit } from '../exchange/time-limit.ts';
import type { TokenFailure } from '../report/token-text.ts';
import { tokenRetryText } from '../report/token-text.ts';
import { idTokenRequest } from '../requests/id-token.ts';
import type { Way } from '../requests/login-task.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { LoginAnswer } from '../responses/user-object.ts';
import type { MainRunner } from './runner.ts';

/** Where the requests of a login come from: the same each time, or one with a new token of GitHub's. */
export class LoginRequestSource implements Source<LoginAnswer> {
  /** A request of this way, for its words: without a token where it needs a new one each time. */
  readonly request: ReportedRequest<LoginAnswer>;
  readonly mayBeHeard: number;
  /** The token that was shown last. */
  token: string | undefined;
  /** Why there was no token to ask with. */
  failure: TokenFailure | undefined;
  readonly #way: Way;
  readonly #runner: MainRunner;
  readonly #world: World;

  constructor(way: Way, runner: MainRunner, world: World) {
    this.request = way.kind === 'github' ? way.request('') : way.request;
    this.mayBeHeard = this.request.mayBeHeard;
    this.token = way.kind === 'token' ? way.token : undefined;
    this.#way = way;
    this.#runner = runner;
    this.#world = world;
  }

  /** GitHub's token is good for one login: it is fetched anew, masked, and never kept. */
  async next(limit: TimeLimit): Promise<ReportedRequest<LoginAnswer> | undefined> {
    if (this.#way.kind !== 'github') return this.request;
    const service = this.#runner.idTokenService();
    const request = service && idTokenRequest(service, this.#way.audience);
    if (request === undefined) {
      this.failure = { kind: service === undefined ? 'no-permission' : 'no-service' };
      return undefined;
    }
    const { clock } = this.#world;
    const outcome = await ask(
      always(request),
      {
        ...QUIETLY,
        // A login that is sent with no time left for its answer is a session that nobody can end.
        deadlineMs: clock.nowMs() + limit.remainingMs() / 2,
        onCancel: 'stop',
        onRetry: (attempt, reason, waitMs) =>
          this.#runner.info(tokenRetryText(request, attempt, reason, waitMs)),
      },
      this.#world,
    );
    if (outcome.kind !== 'done') {
      this.failure = { kind: 'not-had', outcome, request };
      return undefined;
    }
    this.#runner.mask(outcome.value);
    this.token = outcome.value;
    return this.#way.request(outcome.value);
  }
}
