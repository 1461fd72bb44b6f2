import { BUSY, type FaultCase, LOST_AFTER_EFFECT, LOST_BEFORE_EFFECT, WELL } from '../faults/catalogue.ts';
import { ENDINGS, LOGINS, type Mode } from '../modes.ts';
import { BODIES, type GatewayAnswer, gatewayAnswer, HEADERS, STATUSES } from '../responses/table.ts';
import type { When } from '../trial.ts';

type Entry = FaultCase | GatewayAnswer;

/** Where in a job the gateway answers, and what the other requests meet. */
interface Position {
  readonly name: string;
  readonly when: 'now' | 'job-end';
  /** What a request meets, the nth of its step. */
  readonly meets: (answer: GatewayAnswer, step: When, index: number) => Entry;
  readonly timeoutMs: number;
  /** Whoever goes on asking gets to the server. */
  readonly getsWell: boolean;
}

const once =
  (at: When, ...before: readonly FaultCase[]): Position['meets'] =>
  (answer, step, index) =>
    step === at ? (before[index] ?? (index === before.length ? answer : WELL)) : WELL;
const allThrough =
  (...steps: readonly When[]): Position['meets'] =>
  (answer, step) =>
    steps.includes(step) ? answer : WELL;

/** Whoever asks again gets to the server, and has the time for it. */
const passing = (
  name: string,
  meets: Position['meets'],
  when: Position['when'] = 'now',
  timeoutMs = 3_000,
): Position => ({ name, when, meets, timeoutMs, getsWell: true });
/** Nobody ever does, so there is no use in much time. */
const lasting = (name: string, meets: Position['meets'], when: Position['when'] = 'now'): Position => {
  return { name, when, meets, timeoutMs: 1_000, getsWell: false };
};

const POSITIONS: readonly Position[] = [
  passing('first', once('main')),
  passing('after a good attempt that was lost', once('main', LOST_AFTER_EFFECT)),
  passing('after an attempt that was lost', once('main', LOST_BEFORE_EFFECT)),
  passing('after HTTP 429', once('main', BUSY)),
  passing('all through main', allThrough('main'), 'now', 2_000),
  passing('first in post', once('post'), 'job-end'),
  lasting('all through main and post', allThrough('main', 'post')),
  lasting('all through post', allThrough('post'), 'job-end'),
];
/** A login has no end to put off, and post may ask whether its session is dead. */
const LOGIN_POSITIONS: readonly Position[] = [
  ...POSITIONS.map((position): Position => ({ ...position, when: 'now' })),
  passing('second in post', once('post', WELL)),
];

export interface Plan {
  readonly answer: GatewayAnswer;
  readonly position: Position;
  readonly mode: Mode;
}

/** The ways in which a status and a body may come. */
export interface Factors {
  readonly headers: typeof HEADERS;
  readonly positions: readonly Position[];
  readonly modes: readonly Mode[];
  /** Whether some pairs come in all ways. */
  readonly walksBorders: boolean;
  /** Shares no factor with the number of ways: so all ways have their turn before one comes again. */
  readonly stride: number;
}

export const ENDING_FACTORS: Factors = {
  headers: HEADERS,
  positions: POSITIONS,
  modes: ENDINGS,
  walksBorders: true,
  stride: 37,
};
export const LOGIN_FACTORS: Factors = {
  headers: HEADERS,
  positions: LOGIN_POSITIONS,
  modes: LOGINS,
  walksBorders: false,
  stride: 37,
};

type Way = readonly [header: number, position: number, mode: number];
type Levels = readonly [status: number, body: number, ...Way];

/** Each status with each body, with each header, in each position, for each mode. */
export function* wholeProduct(factors: Factors): Generator<Plan> {
  for (const [status, body] of pairs()) {
    for (const way of waysOf(factors)) yield* planOf(factors, [status, body, ...way]);
  }
}

function waysOf({ headers, positions, modes }: Factors): readonly Way[] {
  return headers.flatMap((_header, header) =>
    positions.flatMap((_position, position) => modes.map((_mode, mode) => [header, position, mode] as const)),
  );
}

/**
 * Each status with each body, once. The ways in which these come (header, position, mode) are dealt out to them like cards,
 * next to each other ones that are unlike, and with a card left over at the end of each row where the next would begin like
 * the last. So any two of status, body, header, position and mode are together somewhere; that is checked. Some pairs stand at
 * the border of what is the vendor's word, and come in all ways where a session is to be ended.
 */
export function dealt(factors: Factors): readonly Plan[] {
  const rowLength = BODIES.length + (BODIES.length % 2 === 0 ? 1 : 0);
  const all = waysOf(factors);
  const played: Levels[] = [];
  for (const [status, body] of pairs()) {
    const turn = ((status * rowLength + body) * factors.stride) % all.length;
    const ways = factors.walksBorders && isAtTheBorder(status, body) ? all : all.slice(turn, turn + 1);
    for (const way of ways) played.push([status, body, ...way]);
  }
  const missing = allPairsOfLevels(factors) - new Set(played.flatMap(pairsOfLevels)).size;
  if (missing > 0) throw new Error(`${missing} pairs are nowhere together: choose another stride`);
  return played.flatMap((levels) => planOf(factors, levels));
}

/** Whether an empty 200 and an empty 401 are the vendor's word is up to the headers; a 401 with a page is what proxies say. */
function isAtTheBorder(status: number, body: number): boolean {
  const name = BODIES[body]?.name;
  return (
    (STATUSES[status] === 200 && name === 'no body') ||
    (STATUSES[status] === 401 && (name === 'no body' || name === 'a page'))
  );
}

function pairs(): readonly (readonly [status: number, body: number])[] {
  return STATUSES.flatMap((_status, status) => BODIES.map((_body, body) => [status, body] as const));
}

function pairsOfLevels(levels: Levels): readonly string[] {
  const named = levels.map((level, factor) => `${factor}/${level}`);
  return named.flatMap((one, factor) => named.slice(factor + 1).map((other) => `${one} ${other}`));
}

function allPairsOfLevels({ headers, positions, modes }: Factors): number {
  const sizes = [STATUSES, BODIES, headers, positions, modes].map(({ length }) => length);
  return sizes
    .flatMap((size, factor) => sizes.slice(factor + 1).map((other) => size * other))
    .reduce((sum, product) => sum + product);
}

function planOf(
  { headers, positions, modes }: Factors,
  [status, body, header, position, mode]: Levels,
): readonly Plan[] {
  const [atStatus, atBody, atHeader] = [STATUSES[status], BODIES[body], headers[header]];
  const [atPosition, atMode] = [positions[position], modes[mode]];
  if (!atStatus || !atBody || !atHeader || !atPosition || !atMode) return [];
  const answer = gatewayAnswer(atStatus, atBody, atHeader);
  return [{ answer, position: atPosition, mode: atMode }];
}
