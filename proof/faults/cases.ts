import type { Inputs } from '../../runner/index.ts';
import type { Settings } from '../../simulator/index.ts';
import { ACCESS_TOKEN_LOGINS, ENDINGS, LOGINS, type Login, type Mode } from '../modes.ts';
import type { Happening } from '../responses/table.ts';
import {
  ACCESS_TOKENS,
  BUSY,
  CATALOGUE,
  FORBIDDEN,
  LATE,
  LATE_BUSY,
  LONG_ERROR,
  LOST,
  PAGE,
  REFUSED,
  STALL,
  UNAVAILABLE,
  USER_OBJECTS,
  VALIDITIES,
  WELL,
} from './catalogue.ts';
import { type ConnectionCase, connectionCases } from './connections.ts';

export interface Case {
  readonly mode: Mode;
  readonly tls: boolean;
  readonly when: 'now' | 'job-end';
  /** What the first requests meet; the later ones get a proper response. */
  readonly plan: readonly (Happening | ConnectionCase)[];
  /** The session is gone before the job begins. */
  readonly gone?: boolean;
  readonly allowAlreadyEnded?: boolean;
  readonly inputs?: Inputs;
  readonly settings?: Partial<Settings>;
  /** When the first request has arrived, the runner is shut down, and no post step follows. */
  readonly shutDown?: boolean;
}

export const ORGANIZATION = 'Organization';
export const ANOTHER_ORGANIZATION = '1234567890abcdefABCDEF';
/** What comes before a fault, so that it is the first, second or third thing that happens. */
export const BEFORE: readonly (readonly Happening[])[] = [[], [BUSY], [BUSY, BUSY]];

/** Modes whose faults are counted together. */
export type Group = 'endings' | 'logins';

/** Over sockets each fault goes once for each mode and transport; in process it has its positions. */
export function endingCases(): readonly Case[] {
  const all = [false, true].flatMap((tls) =>
    CATALOGUE.flatMap((fault) => ENDINGS.map((mode): Case => ({ mode, tls, when: 'now', plan: [fault] }))),
  );
  // What a response takes in memory must be given back.
  const large = ENDINGS.map((mode): Case => ({ mode, tls: true, when: 'now', plan: inARow(LONG_ERROR, 6) }));
  return [...all, ...large, ...ENDINGS.flatMap((mode) => withoutPost(mode, LATE_BUSY))];
}

/** The signal comes before the first response, and what main sends then meets the fault. */
function withoutPost(mode: Mode, first: Happening): readonly Case[] {
  return [WELL, LOST, PAGE, FORBIDDEN, UNAVAILABLE, STALL].map((fault, index) => {
    return { mode, tls: index % 2 === 0, when: 'now', plan: [first, fault], shutDown: true };
  });
}

export function inARow<T>(entry: T, times: number): readonly T[] {
  return Array.from({ length: times }, () => entry);
}

export function endingsByConnection(): readonly Case[] {
  const gone = [false, true].flatMap((tls) =>
    [[], [BUSY], [UNAVAILABLE], ...connectionCases(tls).map((fault) => [fault])].flatMap((plan) =>
      [false, true].map((allowAlreadyEnded): Case => {
        return { mode: 'logout', tls, when: 'now', plan, gone: true, allowAlreadyEnded };
      }),
    ),
  );
  return [...inEveryPosition(connectionCases), ...gone];
}

/** The first, second and third request meets it; those before it find the server busy. */
function inEveryPosition(cases: (tls: boolean) => readonly (Happening | ConnectionCase)[]): readonly Case[] {
  return [false, true].flatMap((tls) =>
    cases(tls).flatMap((fault) =>
      BEFORE.flatMap((before) =>
        ENDINGS.map((mode): Case => ({ mode, tls, when: 'now', plan: [...before, fault] })),
      ),
    ),
  );
}

/** Each fault once over TCP and once over TLS. The auth methods take turns, and so do the requests after a login. */
export function loginCases(): readonly Case[] {
  const main = [...CATALOGUE, ...USER_OBJECTS].flatMap((fault, index) =>
    [false, true].map((tls) => login(index + Number(tls), { tls, plan: [fault] })),
  );
  // Only JWTs outlive their logout, and only over TLS they are JWTs.
  const verification = VALIDITIES.flatMap((fault, index) =>
    [false, true].map((tls): Case => {
      const settings = { logoutEndsJwt: index % 2 === 0 };
      return { mode: 'login', tls, when: 'now', plan: [WELL, WELL, fault], settings };
    }),
  );
  // Main ends a session of another organization at once.
  const elsewhere = [PAGE, LOST, FORBIDDEN, WELL].flatMap((fault) =>
    (['login', 'login-v3'] as const).map((mode): Case => {
      const inputs = { 'organization-id': ANOTHER_ORGANIZATION };
      return { mode, tls: true, when: 'now', plan: [WELL, fault], inputs };
    }),
  );
  const accessTokens = [...ACCESS_TOKENS, PAGE, LOST, REFUSED, LONG_ERROR, WELL].flatMap((fault, index) =>
    [false, true].map((tls): Case => {
      const mode = ACCESS_TOKEN_LOGINS[(index + Number(tls)) % ACCESS_TOKEN_LOGINS.length] ?? 'login';
      // Over TLS sessions are JWTs, whose control comes first.
      return { mode, tls, when: 'now', plan: [WELL, ...(tls ? [WELL] : []), fault] };
    }),
  );
  const large = LOGINS.map((_, index) => login(index, { tls: true, plan: inARow(LONG_ERROR, 8) }));
  const shutDown = LOGINS.flatMap((mode) => withoutPost(mode, LATE));
  return [...main, ...verification, ...elsewhere, ...accessTokens, ...large, ...shutDown];
}

export function loginsByConnection(): readonly Case[] {
  return [false, true].flatMap((tls) =>
    connectionCases(tls).flatMap((fault, index) =>
      BEFORE.map((before, place) => login(index + place, { tls, plan: [...before, fault] })),
    ),
  );
}

function login(turn: number, more: Pick<Case, 'tls' | 'plan'>): Case {
  const mode: Login = LOGINS[turn % LOGINS.length] ?? 'login';
  return { mode, when: 'now', ...more };
}
