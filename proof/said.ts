import type { StepResult } from '../runner/index.ts';

/** What a step claims about the session that it was to end. */
export type Claimed = 'ended' | 'already-ended' | 'still-valid';

/** What a step said about sessions, read from its log and its annotations. */
export interface Said {
  /** The claim of the line that tells how the step went. */
  readonly claimed: Claimed | undefined;
  /** It said that the end is verified. */
  readonly verified: boolean;
  /** It said that the session's end was rejected, or is not confirmed. */
  readonly notEnded: boolean;
  /** Main said that it ended the session that it had opened. */
  readonly endedAtOnce: boolean;
  /** Post said that main had ended the session. */
  readonly settledInMain: boolean;
  /** For how many sessions it warned that they are open, or may be. */
  readonly warnedOpen: number;
  /** A line about an error in the action itself. */
  readonly broke: string | undefined;
}

/** The first words of an end that no response confirmed, as in `src/report/wording.ts`. */
export const UNCONFIRMED_END = 'Not confirmed as ended';

/**
 * The text by which a claim is recognized. The first words of an outcome stay when messages change; if one is
 * edited all the same, its pattern matches nothing in a whole run, and the run is red.
 */
const CLAIMS = {
  ended: /^(?:Error: |Warning: )?Ended\b/,
  verified: /^Ended\b.*, verified\b/,
  'already ended': /^(?:Error: |Warning: )?Already ended\b/,
  'still valid': /^(?:Error: |Warning: )?Still valid\b/,
  'not ended': new RegExp(
    `^(?:Error: |Warning: )?(?:Not ended|${UNCONFIRMED_END})\\b|\\bIts end was not confirmed\\b`,
  ),
  'ended at once': /\b[Ww]as ended at once\b/,
  'settled in main':
    /^(?:Warning: )?Nothing to clean up: .*(?:\((?:ended|already-ended)\)|ended the session)/,
  'a session may be open': /\b(?:A session|(\d+) sessions) may be open\b/,
  'the session may be open': /\bit may be open\b/,
  'the session is open': /\bIt is open, and nobody can end it without its ID\b/,
} as const;
type ClaimName = keyof typeof CLAIMS;

/** Only errors in the action itself are reported with these texts, so no green run has them. */
const BROKE = /failed unexpectedly|Could not (?:save|set|write)|saved state cannot be read/;

const matched = new Set<string>();

/** The claims whose text was seen so far: a worker hands them to the process that started it. */
export function matchedClaims(): readonly string[] {
  return [...matched];
}

export function addMatchedClaims(names: readonly string[]): void {
  for (const name of names) matched.add(name);
}

/** The claims whose text no step used: the judge cannot recognize these. */
export function unmatchedClaims(): readonly string[] {
  return Object.keys(CLAIMS).filter((name) => !matched.has(name));
}

const known = new WeakMap<object, Said>();

const NOTHING = read({ log: [], annotations: [] });

/** Reads what a step said, if there was one. Only this file knows the texts. */
export function saidBy(step: Pick<StepResult, 'log' | 'annotations'> | undefined): Said {
  if (step === undefined) return NOTHING;
  const before = known.get(step);
  if (before !== undefined) return before;
  const said = read(step);
  known.set(step, said);
  return said;
}

function read({ log, annotations }: Pick<StepResult, 'log' | 'annotations'>): Said {
  const says = (name: ClaimName) => log.some((line) => find(name, line) !== undefined);
  const warnings = annotations.filter(({ level }) => level !== 'notice').map(({ message }) => message);
  return {
    claimed: log.map(claimIn).find((claim) => claim !== undefined),
    verified: says('verified'),
    notEnded: says('not ended'),
    endedAtOnce: says('ended at once'),
    settledInMain: says('settled in main'),
    warnedOpen: warnings.reduce((sum, text) => sum + sessionsIn(text), 0),
    broke: log.find((line) => BROKE.test(line)),
  };
}

function claimIn(line: string): Claimed | undefined {
  if (find('ended', line) !== undefined) return 'ended';
  if (find('already ended', line) !== undefined) return 'already-ended';
  return find('still valid', line) === undefined ? undefined : 'still-valid';
}

function sessionsIn(warning: string): number {
  const lost = find('a session may be open', warning);
  const own = find('the session may be open', warning) ?? find('the session is open', warning);
  return (lost === undefined ? 0 : Number(lost[1] ?? 1)) + Number(own !== undefined);
}

function find(name: ClaimName, text: string): RegExpExecArray | undefined {
  const match = CLAIMS[name].exec(text) ?? undefined;
  if (match !== undefined) matched.add(name);
  return match;
}
