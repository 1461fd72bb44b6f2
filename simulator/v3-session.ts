import type { Session } from './cloud.ts';
import { errorV3 } from './errors.ts';
import {
  atOnce,
  deadSession,
  type Endpoint,
  type Outcome,
  type Request,
  unchanged,
  type World,
} from './messages.ts';

/** A version 3 endpoint that requires a live session in the header. */
export function inSession(handler: (request: Request, session: Session, world: World) => Outcome): Endpoint {
  return atOnce((request, world) => {
    const { cloud, settings, nowMs } = world;
    const session = cloud.liveSession(request.headers['infa-session-id'] ?? '', nowMs);
    return session === undefined
      ? unchanged(deadSession(settings.deadSession, errorV3))
      : handler(request, session, world);
  });
}
