import { randomUUID } from 'node:crypto';
import type { Session } from './cloud.ts';
import { errorV3 } from './errors.ts';
import {
  badRequest,
  type HttpResponse,
  json,
  type Outcome,
  type Request,
  type Route,
  resource,
  type World,
} from './messages.ts';
import { headerProblem, parseObject } from './reading.ts';
import { stableId } from './stable-id.ts';
import { inSession } from './v3-session.ts';

/** The resources that a promotion uses: a commit, its pull into the organization, and the state of that pull. */
export const sourceControl: readonly Route[] = [
  resource('/saas/public/core/v3/commit/[^/]+', { GET: inSession(commit) }),
  resource('/saas/public/core/v3/pullByCommitHash', { POST: inSession(pull) }),
  resource('/saas/public/core/v3/sourceControlAction/[^/?]+', { GET: inSession(action) }, 'with-query'),
];

const noCommit = () => errorV3(404, 'SIM_NOT_FOUND', 'There is no such commit.');

/** Every hash belongs to a commit with the same two changes. */
function commit({ path }: Request, session: Session): Outcome {
  const commitHash = lastPart(path);
  if (!isHash(commitHash)) return used(noCommit(), session);
  const changes = ['m_customers', 'm_orders'].map((name) => ({
    name,
    type: 'MTT',
    path: ['Default', name],
    action: 'MODIFIED',
    appContextId: stableId(name),
  }));
  return used(json(200, { commitHash, summary: 'A change', changes }), session);
}

function pull(request: Request, session: Session, { nowMs }: World): Outcome {
  const problem = headerProblem(request);
  if (problem !== undefined) return badRequest(errorV3, problem);
  const commitHash = parseObject(request.body)?.['commitHash'];
  if (typeof commitHash !== 'string') return badRequest(errorV3, 'commitHash must be a string.');
  if (!isHash(commitHash)) return used(noCommit(), session);
  const { organization, sessionId } = session;
  const started = { id: randomUUID(), organization, commitHash, startedAtMs: nowMs };
  return {
    response: json(200, {
      pullActionId: started.id,
      pullActionStatus: { state: 'IN_PROGRESS', message: '' },
    }),
    effect: { kind: 'pull-started', sessionId, pull: started },
  };
}

function action({ path }: Request, session: Session, { cloud }: World): Outcome {
  const id = lastPart(path);
  const found = cloud.pullOf(id);
  if (found?.organization !== session.organization)
    return used(errorV3(404, 'SIM_NOT_FOUND', 'There is no such action.'), session);
  const { commitHash, startedAtMs } = found;
  const startTime = new Date(startedAtMs).toISOString();
  const status = { state: 'SUCCESSFUL', message: '' };
  return used(json(200, { id, action: 'PULL', commitHash, startTime, status }), session);
}

function used(response: HttpResponse, { sessionId }: Session): Outcome {
  return { response, effect: { kind: 'session-used', sessionId } };
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{7,40}$/i.test(text);
}

function lastPart(path: string): string {
  return path.split('?', 1)[0]?.split('/').at(-1) ?? '';
}
