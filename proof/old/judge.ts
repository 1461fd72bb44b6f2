import { found } from '../invariants.ts';
import { refuses } from '../met.ts';
import { isLogin } from '../modes.ts';
import { contradictions, untrueClaims } from './claims.ts';
import { leaks, type Shown } from './leaks.ts';
import { isLeft } from './left.ts';
import { excesses } from './limits.ts';
import { indexOfSettled, mayNotHaveHeard, resultOf, type Trial } from './trial.ts';
import { type Verdict, verdict } from './verdict.ts';

/** Holds one step and its post step against the ledger. */
export function judge(trial: Trial): Verdict {
  return verdict(
    untrueClaims(trial),
    found(1, contradictions(trial)),
    found(2, { 'a session is left': isLeft(trial) }),
    excesses(trial),
    found(4, leaks({ ...trial, ...whatIsKept(trial) })),
  );
}

/** By the vendor's word, and main has heard it, so that post needs no secret. */
function isSettledInMain(trial: Trial): boolean {
  if (['ended', 'already-ended'].includes(resultOf(trial))) return true;
  return (['logout', 'logoutall'] as const).some((purpose) => {
    const at = indexOfSettled(trial, purpose);
    const settled = trial.sent[at];
    if (settled?.step !== 'main' || mayNotHaveHeard(trial, at)) return false;
    // Post may ask again for the end of a login's session.
    return !isLogin(trial.mode) || !refuses(settled.met.came, purpose);
  });
}

/** A login hands on a session id, and saves that alone. */
function whatIsKept(trial: Trial): Pick<Shown, 'isSettled' | 'neverSaved' | 'handsOn'> {
  const { mode, main, credential } = trial;
  return {
    isSettled: isSettledInMain(trial),
    neverSaved: isLogin(mode) ? [credential] : [],
    handsOn: resultOf(trial) === 'opened' ? (main.outputs['session-id'] ?? '') : '',
  };
}
