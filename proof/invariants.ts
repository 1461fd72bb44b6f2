/** What must never happen, by the numbers that the page gives to it. */
export type Invariant = 1 | 2 | 3 | 4 | 5;

/** A column of the page. */
export type Harm = 'sessionsLeft' | 'falseClaims' | 'leaks' | 'otherHarm';

export type Counts = Readonly<Record<Harm, number>>;

/** Something that went wrong, as a sentence. */
export interface Problem {
  readonly breaks: Invariant;
  readonly what: string;
}

export const INVARIANTS: Readonly<Record<Invariant, { readonly harm: Harm; readonly text: string }>> = {
  1: {
    harm: 'falseClaims',
    text: `**Truth.** \`ended\` and \`already-ended\` are reported only when the server's ledger holds no such session, and
   \`ended\` only where the step may have ended it; \`opened\` only when the ledger holds the session that is handed on and,
   where an access token is wanted, has granted the one that is handed on with it. A green main step means ended, already
   ended and allowed, scheduled, or opened. A post step that neither warns nor fails leaves none. Of a session that a login
   may have opened and whose id nobody has, main or post says that it may be open.`,
  },
  2: {
    harm: 'sessionsLeft',
    text: `**No session left.** If the server answers properly at any time within the time given, in main or in post, no session
   is left open, within the limits that the third sets to asking again. A login's session is left only where its answer
   did not come, or main was killed before it had saved it. A session that it does not hand on, main tries to end itself.`,
  },
  3: {
    harm: 'otherHarm',
    text: `**No harm.** A password that was refused, by a status or by a code, or was answered with any 401 or 403, is not sent
   again in the job; and no more than three requests with a password may have been heard in a job, main and post together.
   A token is heard once, unless the answer said "not now". A step that the vendor's own word has settled sends nothing more
   but the question of verification. Within a step nothing is sent after a redirect, a third time after an unclear 4xx, or a
   seventh after the same unclear answer. An access token is not asked for again after a refusal, or after two answers without
   one. Nothing is sent to a host that the inputs, or the login's own answer, did not name. A login that fails hands nothing
   on, and none hands on a session without the access token that is wanted. A post step fails no job unless it was told to,
   and no step says more or less than it means to.`,
  },
  4: {
    harm: 'leaks',
    text: `**No leak.** No secret in any form in the log, debug log, outputs, summary or annotations; no text from the server is
   ever a workflow command or live markup. An access token is in no state, and in no variable that was not asked for.`,
  },
  5: {
    harm: 'otherHarm',
    text: `**Bounded.** Each step ends within \`timeout-seconds\` plus 2 s, whatever the server does; memory stays under 100 MiB.`,
  },
};

export function countHarms(problems: readonly Problem[]): Counts {
  const counts = { sessionsLeft: 0, falseClaims: 0, leaks: 0, otherHarm: 0 };
  for (const { breaks } of problems) counts[INVARIANTS[breaks].harm] += 1;
  return counts;
}

export function addCounts(one: Counts, other: Counts): Counts {
  return {
    sessionsLeft: one.sessionsLeft + other.sessionsLeft,
    falseClaims: one.falseClaims + other.falseClaims,
    leaks: one.leaks + other.leaks,
    otherHarm: one.otherHarm + other.otherHarm,
  };
}

export function inWords({ what, breaks }: Problem): string {
  return `${what} (breaks invariant ${breaks})`;
}

/** Sentences on what may have gone wrong, and whether it did. */
export type Violations = Readonly<Record<string, boolean>>;

export function found(breaks: Invariant, violations: Violations): readonly Problem[] {
  return Object.keys(violations)
    .filter((what) => violations[what])
    .map((what) => ({ breaks, what }));
}
