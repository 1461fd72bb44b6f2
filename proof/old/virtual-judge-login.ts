import type { Violations } from '../invariants.ts';
import { deniesOpening, ends, mayHaveBeenHeard, mayHaveHadEffect, opens } from '../met.ts';
import { VARIABLES } from '../modes.ts';
import type { Request, Trial } from '../virtual/job.ts';
import type { StepRun } from '../virtual/steps.ts';
import type { Claim } from './verdict.ts';
import {
  claimOf,
  type Ended,
  hasEndedUnheard,
  isForged,
  isIgnored,
  isQuiet,
  nobodyCould,
  requestsFor,
  resultOf,
  type Step,
  textOf,
} from './virtual-telling.ts';

const ENDED: readonly Ended[] = ['ended', 'already-ended'];

/** What the steps of a job that logs in say, or let a reader believe, and the ledger denies. */
export function untrueOfLogin(trial: Trial): readonly Claim[] {
  const { main, post, openAfterMain, openAfterPost } = trial;
  const claims: Claim[] = [];
  if (resultOf(main) === 'opened' && !openAfterMain.includes(main.outputs['session-id'] ?? '')) {
    claims.push({
      what: 'main says opened, and the ledger holds no such session',
      excused: logins(trial).some(({ met }) => met.came.kind === 'user-object' && met.from === 'gateway'),
    });
  }
  if (saysEndedAtOnce(trial) && answeredFor(trial).some((id) => openAfterMain.includes(id))) {
    claims.push({
      what: 'main says that it has ended the session at once, and it is open',
      excused: ENDED.some((as) => restsOnForgery(trial, 'main', as)),
    });
  }
  const isOpen = openAfterPost.includes(savedId(trial) ?? '');
  const said = claimOf(post);
  if (isOpen && said !== undefined) {
    claims.push({ what: `post says ${said} and the session is open`, excused: isExcusedInPost(trial, said) });
  } else if (isOpen && isQuiet(post) && !saysStillValid(trial)) {
    claims.push({ what: 'post is quiet and the session is open', excused: false });
  } else if (!isOpen && saysStillValid(trial)) {
    claims.push({
      what: 'post says that the session is still valid, and it is not open',
      excused: requestsFor(trial, 'post', 'validity').some(
        ({ met: { came } }) => came.kind === 'validity' && came.isValid,
      ),
    });
  }
  const silent = untold(trial).length;
  if (silent > Math.max(toldByMain(trial), toldByPost(trial))) {
    claims.push({ what: `${silent} sessions may be open, and nobody says so`, excused: false });
  }
  return claims;
}

/** What a step says that does not agree with itself, or with what it can have done. */
export function contradictionsOfLogin(trial: Trial): Violations {
  const { main, post } = trial;
  const isGreen = main.report !== 'killed' && main.report.level !== 'error';
  const result = resultOf(main);
  const inPost = requestsFor(trial, 'post', 'logout');
  const asked = requestsFor(trial, 'post', 'validity');
  const verified = isVerified(trial);
  const told = { main: toldByMain(trial), post: toldByPost(trial) };
  return {
    [`main is green with the result ${result}`]: isGreen && result !== 'opened',
    'main says opened and fails': main.report !== 'killed' && !isGreen && result === 'opened',
    'post says ended, but nothing that it did can have ended the session':
      claimOf(post) === 'ended' && !verified && !mayHaveEnded(inPost, savedId(trial) ?? ''),
    'post says that the end is verified, and nobody has said so':
      verified && !asked.some((request) => saysOf(request, trial) === 'dead'),
    'post says that it was ended already, and has ended it':
      claimOf(post) === 'already-ended' && hasEndedUnheard(inPost),
    'post says that the session is still valid, and nobody has said so':
      saysStillValid(trial) && !asked.some((request) => saysOf(request, trial) === 'valid'),
    [`main says that ${told.main} sessions may be open`]: told.main > mostOpen(trial, 'main'),
    [`post says that ${told.post} sessions may be open`]: told.post > mostOpen(trial, 'post'),
  };
}

/** What only a login could do. */
export function harmOfLogin(trial: Trial): Violations {
  const { main, requests, mode } = trial;
  const { sessionId, serverUrl } = VARIABLES;
  const outputs = ['session-id', 'server-url', 'organization-id', 'expires-at'].map(
    (name) => main.outputs[name] ?? '',
  );
  const handedOn = [...outputs, ...Object.values(main.variables)].some((value) => value !== '');
  const id = main.outputs['session-id'] ?? '';
  const isOpened = main.report !== 'killed' && resultOf(main) === 'opened';
  const asked = requestsFor(trial, 'post', 'validity');
  return {
    'a login that fails hands something on': main.report !== 'killed' && !isOpened && handedOn,
    'a session is handed on before it is saved': id !== '' && id !== savedId(trial),
    'a session is not handed on in full':
      isOpened &&
      (main.variables[sessionId] !== id || main.variables[serverUrl] !== main.outputs['server-url']),
    'a token was heard twice': requests
      .filter(({ token, met }) => token !== '' && mayHaveBeenHeard(met))
      .some(({ token }, index, all) => all.findIndex((one) => one.token === token) < index),
    'main asks whether a session is alive': requestsFor(trial, 'main', 'validity').length > 0,
    'a login is sent by post': requests.some(({ step, purpose }) => step === 'post' && opens(purpose)),
    'a session is asked about after it was said to be dead': asked.some(
      (request) => saysOf(request, trial) === 'dead' && request !== requests.at(-1),
    ),
    [`${mode} asks for the end of all sessions`]: requests.some(({ purpose }) => purpose === 'logoutall'),
  };
}

/**
 * A session whose id came in time is to be saved or ended, unless main was killed. Saved, it is left unless nobody could end it,
 * by whoever keeps the limits.
 */
export function isLeftByLogin(trial: Trial): boolean {
  const { main, openAfterPost } = trial;
  const saved = savedId(trial);
  return answeredFor(trial)
    .filter((id) => openAfterPost.includes(id))
    .some((id) => {
      const step = id === saved ? 'post' : 'main';
      const isTold = step === 'main' && main.report === 'killed';
      const had = requestsFor(trial, step, 'logout');
      return !isTold && !isSaidToBeDead(trial, step) && !nobodyCould(trial, step, had, id);
    });
}

function logins({ requests }: Trial): readonly Request[] {
  return requests.filter(({ purpose }) => opens(purpose));
}

/** The session whose logout was saved, be it one of the ledger's or not. */
function savedId({ state }: Trial): string | undefined {
  return state.kind === 'pending' ? state.inputs['session-id'] : undefined;
}

/** The sessions whose ids came with an answer. */
function answeredFor(trial: Trial): readonly string[] {
  return logins(trial)
    .filter(({ met: { came } }) => came.kind === 'truth' || (came.kind === 'user-object' && came.hasId))
    .flatMap(({ opened }) => opened);
}

/** The sessions that are open at the end, and that nobody can end; but for those that an answer has denied. */
function untold(trial: Trial): readonly string[] {
  const excused = saysEndedAtOnce(trial) ? answeredFor(trial) : [];
  return logins(trial)
    .filter(({ met }) => !deniesOpening(met))
    .flatMap(({ opened }) => opened)
    .filter((id) => trial.openAfterPost.includes(id) && id !== savedId(trial) && !excused.includes(id));
}

/** How many sessions main says to be open, or perhaps. */
function toldByMain({ main }: Trial): number {
  return [...main.warned, alarmOf(main)].reduce((sum, text) => sum + numberIn(text), 0);
}

function toldByPost({ post }: Trial): number {
  return numberIn(alarmOf(post));
}

/** A line that warns of nothing tells of none. */
function alarmOf({ report }: StepRun): string {
  return report === 'killed' || report.level === 'info' ? '' : report.text;
}

function numberIn(text: string): number {
  const [, number] = /\b(A session|\d+ sessions) may be open/.exec(text) ?? [];
  const lost = number === undefined ? 0 : number === 'A session' ? 1 : Number.parseInt(number, 10);
  return lost + (/\bit may be open\b|\bIt is open\b/.test(text) ? 1 : 0);
}

/** As many sessions as a step can think to be open. After a kill the state may speak of one that was never sent for. */
function mostOpen(trial: Trial, step: Step): number {
  const possible = logins(trial).filter(({ met }) => !deniesOpening(met)).length;
  const known = step === 'main' && (savedId(trial) !== undefined || saysEndedAtOnce(trial)) ? 1 : 0;
  return possible - known + (trial.main.report === 'killed' ? 1 : 0);
}

function saysEndedAtOnce({ main, state }: Trial): boolean {
  return (
    /\bwas ended at once\b/.test(textOf(main)) || (state.kind === 'settled' && state.as !== 'not-opened')
  );
}

function saysStillValid({ post }: Trial): boolean {
  return textOf(post).startsWith('Still valid');
}

function isVerified({ post }: Trial): boolean {
  return /^Ended .*\bverified\b/.test(textOf(post));
}

/** What an answer says of the session that was saved. */
function saysOf({ met: { came }, left }: Request, trial: Trial): 'valid' | 'dead' | undefined {
  if (came.kind === 'validity') return came.isValid ? 'valid' : 'dead';
  if (came.kind !== 'truth') return undefined;
  return left.includes(savedId(trial) ?? '') ? 'valid' : 'dead';
}

/** Falsely, by someone in the vendor's form. */
function isSaidToBeDead(trial: Trial, step: Step): boolean {
  return requestsFor(trial, step, 'validity').some(
    ({ met: { came } }) => came.kind === 'validity' && !came.isValid,
  );
}

/** By a word that no client can see through, be it of the vendor's own about a session that lives on. */
function restsOnForgery(trial: Trial, step: Step, claim: Ended): boolean {
  const had = requestsFor(trial, step, 'logout');
  const isIgnoredOnce = had.some(
    (one) => one.left.some((id) => isIgnored(one, id)) && one.ended.length === 0,
  );
  return isForged(had, claim) || (claim === 'ended' && isIgnoredOnce);
}

function isExcusedInPost(trial: Trial, said: Ended): boolean {
  const inPost = trial.requests.filter(({ step }) => step === 'post');
  const afterwards = inPost.slice(inPost.findLastIndex(({ purpose }) => ends(purpose)) + 1);
  const words = afterwards.map((request) => saysOf(request, trial));
  if (isVerified(trial)) return words.includes('dead');
  return restsOnForgery(trial, 'post', said) && !words.includes('valid');
}

function mayHaveEnded(had: readonly Request[], id: string): boolean {
  const last = had.at(-1);
  const isSuccess =
    last !== undefined && (last.ended.length > 0 || last.met.came.kind === 'success' || isIgnored(last, id));
  return isSuccess || had.slice(0, -1).some(({ met }) => mayHaveHadEffect(met));
}
