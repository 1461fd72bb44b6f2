import { BUSY, LOST_AFTER_EFFECT, LOST_BEFORE_EFFECT, REFUSED, WELL } from '../faults/catalogue.ts';
import { ACCESS_TOKEN_LOGINS, apiOf, ENDINGS, LOGINS, type Mode } from '../modes.ts';
import { BODIES, gatewayRow, type Happening, HEADERS, STATUSES } from '../responses/table.ts';
import type { When } from '../trial.ts';

/** Where in a job the gateway responds, and what the other requests meet. */
interface Position {
  readonly name: string;
  readonly when: 'now' | 'job-end';
  /** What a request meets, the nth of its step. */
  readonly meets: (response: Happening, step: When, index: number) => Happening;
  /** Whoever keeps retrying gets to the server. */
  readonly getsWell: boolean;
}

const once =
  (at: When, ...before: readonly Happening[]): Position['meets'] =>
  (response, step, index) =>
    step === at ? (before[index] ?? (index === before.length ? response : WELL)) : WELL;
const allThrough =
  (...steps: readonly When[]): Position['meets'] =>
  (response, step) =>
    steps.includes(step) ? response : WELL;
const passing = (name: string, meets: Position['meets'], when: Position['when'] = 'now'): Position => {
  return { name, when, meets, getsWell: true };
};
const lasting = (name: string, meets: Position['meets'], when: Position['when'] = 'now'): Position => {
  return { name, when, meets, getsWell: false };
};

const POSITIONS: readonly Position[] = [
  passing('first', once('main')),
  passing('after a good attempt that was lost', once('main', LOST_AFTER_EFFECT)),
  passing('after an attempt that was lost', once('main', LOST_BEFORE_EFFECT)),
  passing('after HTTP 429', once('main', BUSY)),
  passing('all through main', allThrough('main')),
  passing('first in post', once('post'), 'job-end'),
  lasting('all through main and post', allThrough('main', 'post')),
  lasting('all through post', allThrough('post'), 'job-end'),
];
/** A login's end cannot be scheduled, and post may verify it. */
const LOGIN_POSITIONS: readonly Position[] = [
  ...POSITIONS.map((position): Position => ({ ...position, when: 'now' })),
  passing('second in post', once('post', WELL)),
];

/** The request for an access token is the second, and what ends the session when there is none comes later. */
const ACCESS_TOKEN_POSITIONS: readonly Position[] = [
  passing('second in main', once('main', WELL)),
  passing('third in main, after a refusal', once('main', WELL, REFUSED)),
  passing('third in main, after a token that was lost', once('main', WELL, LOST_AFTER_EFFECT)),
  passing('all through main, but the login', (response, step, index) =>
    step === 'main' && index > 0 ? response : WELL,
  ),
  lasting('all through main and post, but the login', (response, step, index) =>
    step === 'main' && index === 0 ? WELL : response,
  ),
];

/** One job, and what it meets. */
export interface Plan {
  readonly response: Happening;
  readonly position: Position;
  readonly mode: Mode;
}

export type Group = 'endings' | 'logins' | 'access-tokens';
const GROUPS = {
  endings: { modes: ENDINGS, positions: POSITIONS },
  logins: { modes: LOGINS, positions: LOGIN_POSITIONS },
  'access-tokens': { modes: ACCESS_TOKEN_LOGINS, positions: ACCESS_TOKEN_POSITIONS },
} as const;

/** How many plans there are: each status with each body, with each set of headers, in each position, for each mode. */
export function sizeOf(group: Group): number {
  const { modes, positions } = GROUPS[group];
  return STATUSES.length * BODIES.length * HEADERS.length * positions.length * modes.length;
}

/** The plan of that number. Plans whose numbers are close differ in mode, position and headers first. */
export function planAt(group: Group, number: number): Plan {
  const { modes, positions } = GROUPS[group];
  let rest = number;
  const draw = <T>(from: readonly T[]): T => {
    const one = from[rest % from.length];
    rest = Math.floor(rest / from.length);
    if (one === undefined) throw new Error(`There is no plan ${number}`);
    return one;
  };
  const mode = draw<Mode>(modes);
  const position = draw(positions);
  const headers = draw(HEADERS);
  const body = draw(BODIES);
  return { mode, position, response: gatewayRow(draw(STATUSES), body, headers, apiOf(mode)) };
}

/** `wanted` of the numbers below `size`, spread evenly. */
export function* spread(size: number, wanted: number): Generator<number> {
  const many = Math.min(size, wanted);
  for (let index = 0; index < many; index += 1) yield Math.floor(((index + 0.5) * size) / many);
}
