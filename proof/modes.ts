import type { Inputs } from '../runner/index.ts';
import type { Session, Simulator, User } from '../simulator/index.ts';
import type { Credential } from './met.ts';

export type Mode = 'logout' | 'logoutall';

export const MODES: readonly [Mode, ...Mode[]] = ['logout', 'logoutall'];

/** Where the action finds the server, perhaps through something else. */
export type Address = Pick<Simulator, 'loginUrl' | 'serverUrl'>;

/** The server's own book, be there sockets in front of it or none. */
export type Ledger = Pick<Simulator, 'openSession' | 'openSessions'>;

/** What one step of the action is to do. */
export interface Task {
  /** The inputs that are the mode's own. */
  readonly inputs: Inputs;
  /** What main proves itself with: what a server or a gateway may repeat. */
  readonly secret: string;
  /** The sessions that the step is to end and that the ledger holds now. */
  readonly held: () => readonly Session[];
}

/** All that the proof has to know of a mode. */
interface Kit {
  /** What its requests prove themselves with, in main and in post. */
  readonly sends: { readonly main: Credential; readonly post: Credential };
  /** Results of a green main that leave the session open, for post to end. */
  readonly leavesToPost: readonly string[];
  /** Begins with a session where the mode is given one; a mode that opens its own begins with none. */
  readonly begin: (cloud: Ledger, user: User, at: Address) => Task;
}

export const KITS: Readonly<Record<Mode, Kit>> = {
  logout: {
    sends: { main: 'session-id', post: 'session-id' },
    leavesToPost: ['scheduled'],
    begin: (cloud, { username }, { serverUrl }) => {
      const { sessionId } = cloud.openSession({ username });
      const inputs = { 'server-url': serverUrl, 'session-id': sessionId };
      return { inputs, secret: sessionId, held: () => openSession(cloud, sessionId) };
    },
  },
  logoutall: {
    sends: { main: 'password', post: 'password' },
    leavesToPost: ['scheduled'],
    begin: (cloud, { username, password }, { loginUrl }) => {
      const { sessionId } = cloud.openSession({ username });
      const inputs = { 'login-url': loginUrl, username, password };
      return { inputs, secret: password, held: () => openSession(cloud, sessionId) };
    },
  },
};

function openSession(cloud: Ledger, id: string): readonly Session[] {
  return cloud.openSessions().filter(({ sessionId }) => sessionId === id);
}
