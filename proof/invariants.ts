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
    text: `**Truth.** \`ended\` and \`already-ended\` are reported only if the server's ledger holds no such session, and
   \`ended\` only if the step may have ended it. \`opened\` is reported only if the ledger holds the session that is handed on
   and, if an access token is requested, has granted the one that is handed on with it. A green main step means that the session
   ended, that it had already ended and the user allowed that, that its end is scheduled, or that it opened. A post step that
   neither warns nor fails leaves no session open. If a login may have opened a session whose ID nobody has, main or post says
   that it may be open.`,
  },
  2: {
    harm: 'sessionsLeft',
    text: `**No session left.** If the server responds properly at any time within the time given, in main or in post, no session
   is left open, within the limits for retries in invariant 3. A login's session is left open only if its response was lost, or
   if main was killed before it had saved the session. Main tries to end a session that it does not hand on.`,
  },
  3: {
    harm: 'otherHarm',
    text: `**No harm.** A password that was rejected, by a status or by a code, or that got any 401 or 403, is not sent again in
   the job. At most three requests with a password may have reached the server in a job, main and post together. A token is sent
   once, unless the response said "not now". A step that the vendor's own response has settled sends nothing more than the
   verification. Within a step nothing is sent after a redirect, a third time after an unclear 4xx, or a seventh time after the
   same unclear response. An access token is not requested again after a rejection, or after two responses without one. Nothing
   is sent to a host that neither the inputs nor the response to the login named. A login that fails hands nothing on, and no
   login hands on a session without the access token that was requested. A post step fails no job unless the user asked for it.
   No step reports more or less than it should.`,
  },
  4: {
    harm: 'leaks',
    text: `**No leak.** No secret in any form is in the log, debug log, outputs, summary or annotations. No text from the server
   is ever a workflow command or live markup. An access token is in no state, and in no variable that was not requested.`,
  },
  5: {
    harm: 'otherHarm',
    text: `**Bounded.** Each step ends within \`timeout-seconds\` plus 2 s, whatever the server does. Memory stays under 100 MiB.`,
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
