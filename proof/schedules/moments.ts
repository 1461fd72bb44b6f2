import type { Purpose } from '../responses/form.ts';
import { type Breadth, happenings } from './incidents.ts';

/** When something can happen: during a request, by its purpose, or between requests. */
export type Moment =
  | Purpose
  /** Main saves its state for the first time. */
  | 'saving'
  /** Main saves that it is about to send a password. */
  | 'recording'
  /** Main saves the logout of a session that it has opened. */
  | 'keeping'
  /** A login hands its session on. */
  | 'outputs'
  | 'variables'
  /** A step waits for its next attempt. */
  | 'waiting'
  /** Main, which had a signal, has ended, and its post step is to start. */
  | 'post';

export interface Event {
  readonly moment: Moment;
  readonly name: string;
}

/** During a request. The code that decides does not distinguish SIGINT and SIGTERM. */
const TO_THE_STEP = ['cancel', 'kill-before-effect', 'kill-after-effect'];

const BETWEEN: Readonly<Record<Exclude<Moment, Purpose>, readonly string[]>> = {
  saving: ['fails'],
  recording: ['fails', 'kill-when-saved'],
  keeping: ['fails', 'kill-before', 'kill-when-saved'],
  outputs: ['fails'],
  variables: ['fails', 'kill-before'],
  waiting: ['cancel', 'kill'],
  // On a runner that is shut down.
  post: ['never-starts'],
};

const known = new Map<string, readonly Event[]>();

/** All that can happen at a moment. */
export function eventsAt(moment: Moment, breadth: Breadth): readonly Event[] {
  const key = `${moment} ${breadth}`;
  const events = known.get(key) ?? namesAt(moment, breadth).map((name) => ({ moment, name }));
  known.set(key, events);
  return events;
}

function namesAt(moment: Moment, breadth: Breadth): readonly string[] {
  switch (moment) {
    case 'logout':
    case 'logoutall':
    case 'login':
    case 'token-login':
    case 'validity':
    case 'access-token':
      return [...TO_THE_STEP, ...Object.keys(happenings(moment, breadth))];
    default:
      return BETWEEN[moment];
  }
}
