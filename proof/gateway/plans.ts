import { BUSY, type FaultCase, LOST_AFTER_EFFECT, LOST_BEFORE_EFFECT, WELL } from '../faults/catalogue.ts';
import { MODES, type Mode } from '../modes.ts';
import { BODIES, type GatewayAnswer, gatewayAnswer, HEADERS, STATUSES } from './catalogue.ts';

type Entry = FaultCase | GatewayAnswer;

/** Where in a job the gateway answers, and what the other requests meet. */
interface Position {
  readonly name: string;
  readonly when: 'now' | 'job-end';
  /** What a request meets, the nth of its job. */
  readonly meets: (answer: GatewayAnswer, index: number, step: 'main' | 'post') => Entry;
  readonly timeoutMs: number;
  /** Whoever goes on asking gets to the server. */
  readonly getsWell: boolean;
}

const once =
  (...before: readonly FaultCase[]): Position['meets'] =>
  (answer, index) =>
    before[index] ?? (index === before.length ? answer : WELL);

/** Whoever asks again gets to the server, and has the time for it. */
const passing = (
  name: string,
  meets: Position['meets'],
  when: Position['when'] = 'now',
  timeoutMs = 3_000,
): Position => ({ name, when, meets, timeoutMs, getsWell: true });
/** Nobody ever does, so there is no use in much time. */
const lasting = (name: string, when: Position['when']): Position => {
  return { name, when, meets: (answer) => answer, timeoutMs: 1_000, getsWell: false };
};

export const POSITIONS: readonly Position[] = [
  passing('first', once()),
  passing('after a good attempt that was lost', once(LOST_AFTER_EFFECT)),
  passing('after an attempt that was lost', once(LOST_BEFORE_EFFECT)),
  passing('after HTTP 429', once(BUSY)),
  passing('all through main', (answer, _index, step) => (step === 'main' ? answer : WELL), 'now', 2_000),
  passing('first in post', once(), 'job-end'),
  lasting('all through main and post', 'now'),
  lasting('all through post', 'job-end'),
];

export interface Plan {
  readonly answer: GatewayAnswer;
  readonly position: Position;
  readonly mode: Mode;
}

const FACTORS = [STATUSES, BODIES, HEADERS, POSITIONS, MODES] as const;
type Levels = readonly [status: number, body: number, header: number, position: number, mode: number];

/** Each status with each body, with each header, in each position, for each mode. */
export function* wholeProduct(): Generator<Plan> {
  for (const [status, body] of pairs()) for (const way of WAYS) yield* planOf([status, body, ...way]);
}

const WAYS = HEADERS.flatMap((_header, header) =>
  POSITIONS.flatMap((_position, position) => MODES.map((_mode, mode) => [header, position, mode] as const)),
);

/** Odd, as the number of ways is a power of two: so all ways have their turn before one comes again. */
const STRIDE = 37;

/**
 * Each status with each body, once. The ways in which these come (header, position, mode) are dealt out to them like cards,
 * next to each other ones that are unlike, and with a card left over at the end of each row where the next would begin like
 * the last. So any two of status, body, header, position and mode are together somewhere; that is checked. Some pairs stand at
 * the border of what is the vendor's word, and come in all ways.
 */
export function dealt(): readonly Plan[] {
  const rowLength = BODIES.length + (BODIES.length % 2 === 0 ? 1 : 0);
  const played: Levels[] = [];
  for (const [status, body] of pairs()) {
    const turn = ((status * rowLength + body) * STRIDE) % WAYS.length;
    const ways = isAtTheBorder(status, body) ? WAYS : WAYS.slice(turn, turn + 1);
    for (const way of ways) played.push([status, body, ...way]);
  }
  const missing = allPairsOfLevels() - new Set(played.flatMap(pairsOfLevels)).size;
  if (missing > 0) throw new Error(`${missing} pairs are nowhere together: choose another stride`);
  return played.flatMap(planOf);
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

function allPairsOfLevels(): number {
  const sizes = FACTORS.map(({ length }) => length);
  return sizes
    .flatMap((size, factor) => sizes.slice(factor + 1).map((other) => size * other))
    .reduce((sum, product) => sum + product);
}

function planOf([status, body, header, position, mode]: Levels): readonly Plan[] {
  const [atStatus, atBody, atHeader] = [STATUSES[status], BODIES[body], HEADERS[header]];
  const [atPosition, atMode] = [POSITIONS[position], MODES[mode]];
  if (!atStatus || !atBody || !atHeader || !atPosition || !atMode) return [];
  const answer = gatewayAnswer(atStatus, atBody, atHeader);
  return [{ answer, position: atPosition, mode: atMode }];
}
