import type { Inputs } from '../../runner/index.ts';
import type { Settings } from '../../simulator/index.ts';
import { ENDINGS, KITS, LOGINS, type Login, type Mode } from '../modes.ts';
import { settles } from '../responses/form.ts';
import type { Happening } from '../responses/table.ts';
import {
  BUSY,
  CATALOGUE,
  FORBIDDEN,
  LONG_ERROR,
  LOST,
  NOT_FOUND,
  PAGE,
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
  /** What the first requests meet; the later ones are answered properly. */
  readonly plan: readonly (Happening | ConnectionCase)[];
  /** The session is gone before the job begins. */
  readonly gone?: boolean;
  readonly allowAlreadyEnded?: boolean;
  readonly inputs?: Inputs;
  readonly settings?: Partial<Settings>;
}

export const ORGANIZATION = 'Organization';
const ANOTHER_ORGANIZATION = '1234567890abcdefABCDEF';
/** What comes before a fault, so that it is the first, second or third thing that happens. */
const BEFORE: readonly (readonly Happening[])[] = [[], [BUSY], [BUSY, BUSY]];

/** The modes that end something. */
export function endingCases(): readonly Case[] {
  const main = inEveryPosition(() => CATALOGUE);
  const post = CATALOGUE.map((fault, index): Case => {
    const mode = ENDINGS[index % ENDINGS.length] ?? 'logout';
    return { mode, tls: index % 3 === 0, when: 'job-end', plan: [fault] };
  }).filter(({ mode, plan }) => plan.every(({ came }) => !settles(came, KITS[mode].asks.post)));
  // What an answer takes in memory must be given back.
  const large = ENDINGS.map((mode): Case => ({ mode, tls: true, when: 'now', plan: inARow(LONG_ERROR, 6) }));
  // More of the same than the limits allow a step, or a job, to ask for.
  const patient = [LOST, UNAVAILABLE, PAGE, FORBIDDEN, NOT_FOUND].flatMap((fault) =>
    ENDINGS.map((mode): Case => ({ mode, tls: false, when: 'now', plan: inARow(fault, 8) })),
  );
  return [...main, ...post, ...large, ...patient];
}

function inARow<T>(entry: T, times: number): readonly T[] {
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

/** Each fault as the first, second and third answer to a login, in all its ways in turn, and what comes after it. */
export function loginCases(): readonly Case[] {
  // Over TLS and not in turn: the endings try each over both.
  const main = [...CATALOGUE, ...USER_OBJECTS].flatMap((fault, index) =>
    BEFORE.map((before, place) =>
      login(index + place, { tls: (index + place) % 2 === 0, plan: [...before, fault] }),
    ),
  );
  const post = CATALOGUE.map((fault, index) => login(index, { tls: index % 2 === 0, plan: [WELL, fault] }));
  // Only JWTs outlive their logout, and only over TLS they are JWTs.
  const verification = [...CATALOGUE, ...VALIDITIES].map((fault, index): Case => {
    const settings = { logoutEndsJwt: index % 4 !== 0 };
    return { mode: 'login', tls: index % 2 === 0, when: 'now', plan: [WELL, WELL, fault], settings };
  });
  // An answer to the logout that is none is put to the same question.
  const doubted = CATALOGUE.map((fault): Case => {
    return { mode: 'login', tls: false, when: 'now', plan: [WELL, PAGE, fault] };
  });
  // Whoever is logged in elsewhere is logged out at once.
  const elsewhere = CATALOGUE.map((fault, index): Case => {
    const inputs = { 'organization-id': ANOTHER_ORGANIZATION };
    const mode = index % 2 === 0 ? 'login' : 'login-v3';
    return { mode, tls: index % 3 === 0, when: 'now', plan: [WELL, fault], inputs };
  });
  const patient = [LOST, UNAVAILABLE, PAGE, FORBIDDEN, NOT_FOUND, LONG_ERROR].flatMap((fault) =>
    LOGINS.map((_, index) => login(index, { tls: fault === LONG_ERROR, plan: inARow(fault, 8) })),
  );
  return [...main, ...post, ...verification, ...doubted, ...elsewhere, ...patient];
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
