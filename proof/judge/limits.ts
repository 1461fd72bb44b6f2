import { found, type Problem, type Violations } from '../invariants.ts';
import { isLogin, MODE_PROFILES, VARIABLES } from '../modes.ts';
import {
  type Credential,
  credentialOf,
  limitOf,
  MAX_CREDENTIAL_USES,
  mayUseCredential,
  opens,
  type Purpose,
  rejects,
  rejectsCredentials,
} from '../responses/form.ts';
import { saidBy } from '../said.ts';
import {
  accessTokenOf,
  indexOfSettled,
  isLeftToPost,
  mayHaveMissed,
  resultOf,
  type SentRequest,
  sentIn,
  stepsOf,
  type Trial,
  type When,
  wantsAccessToken,
} from '../trial.ts';
import { isControlled, saidOfSession, validitiesInPost } from './claims.ts';

const HANDED_ON = [
  'session-id',
  'server-url',
  'organization-id',
  'expires-at',
  'access-token',
  'access-token-expires-at',
];
const SLACK_MS = 2_000;
const MEMORY_MIB = 100;
/** How many requests may carry a credential, because accounts lock and retries must end. */
const MAX_REQUESTS = { main: 7, job: 10 };
const TO_SETTLE = ['logout', 'logoutall', 'login', 'token-login', 'access-token'] as const;

/** What a step may not do, however it ends. */
export function excesses(trial: Trial): readonly Problem[] {
  return [
    ...found(3, afterItWasSettled(trial)),
    ...found(3, withCredentials(trial)),
    ...found(3, tooOften(trial, 'main')),
    ...found(3, tooOften(trial, 'post')),
    ...found(3, misconduct(trial)),
    ...found(3, ofLogin(trial)),
    ...found(5, beyondBounds(trial)),
  ];
}

function afterItWasSettled(trial: Trial): Violations {
  const all = TO_SETTLE.map((purpose) => {
    const at = indexOfSettled(trial, purpose);
    const settled = trial.sent[at];
    const later = settled === undefined ? [] : trial.sent.slice(at + 1);
    const again = later.filter((one) => settled !== undefined && isTooMuch(trial, settled, one));
    return [`${again.map((one) => one.purpose)} after "${settled?.met.name}"`, again.length > 0] as const;
  });
  return Object.fromEntries(all);
}

/** A request that is useless because an earlier response settled its purpose. */
function isTooMuch(trial: Trial, settled: SentRequest, later: SentRequest): boolean {
  const { mode, main, saveFailed, sent } = trial;
  const { met, purpose } = settled;
  // Post cannot know what main could not save, or had no time to save.
  const isUnknown = later.step === 'post' && (saveFailed || main.signal !== null);
  if (isLogin(mode) && isUnknown && later.purpose === 'logout') return false;
  const isForPost = later.step === 'post' && isLeftToPost(trial, settled);
  if (!isLogin(mode)) return !isForPost;
  if (opens(purpose)) return opens(later.purpose) || rejects(met.form, purpose);
  if (purpose === 'access-token') return later.purpose === purpose;
  // A session that is still valid is not settled.
  const between = sent.slice(sent.indexOf(settled), sent.indexOf(later));
  const isValid = between.some((one) => saidOfSession(trial, one) === 'valid');
  return later.purpose !== 'validity' && !(later.purpose === 'logout' && (isForPost || isValid));
}

function withCredentials(trial: Trial): Violations {
  const { mode, sent, saveFailed } = trial;
  const shows = (credential: Credential) => sent.filter((one) => credentialOf(one.purpose) === credential);
  const passwords = shows('password');
  const refusedAt = passwords.findIndex(
    (one) =>
      rejectsCredentials(one.met.form) && !one.met.ambiguous && !mayHaveMissed(trial, sent.indexOf(one)),
  );
  // What could not be saved, post cannot know.
  const again = passwords.slice(refusedAt + 1).filter(({ step }) => step === 'main' || !saveFailed);
  const uses = passwords.filter(({ met }) => mayUseCredential(met)).length;
  const tokens = shows('token').filter(({ token }) => token !== '');
  const twice = tokens.find(
    ({ token, met }, index) =>
      mayUseCredential(met) &&
      !met.ambiguous &&
      tokens.slice(index + 1).some((later) => later.token === token),
  );
  const verifications = sent.filter(({ purpose }) => purpose === 'validity');
  const withCredential = sent.filter(
    ({ purpose, met }) => credentialOf(purpose) !== 'session-id' && !met.neverSent,
  );
  const ofMain = withCredential.filter(({ step }) => step === 'main');
  return {
    [`a password is sent again after "${passwords[refusedAt]?.met.name}"`]:
      refusedAt >= 0 && again.length > 0,
    [`${uses} requests with a password may have been judged`]: uses > MAX_CREDENTIAL_USES,
    [`a token is sent again after "${twice?.met.name}"`]: twice !== undefined,
    'a session that it did not open is verified': verifications.length > 0 && !isLogin(mode),
    'main verifies its session more than once':
      verifications.filter(({ step }) => step === 'main').length > 1,
    'something is sent after validSessionId said that the session is dead': validitiesInPost(trial).some(
      (validity, index, all) =>
        validity === 'dead' &&
        isControlled(trial, index) &&
        index < all.length - 1 &&
        !sentIn(trial, 'post')[index]?.met.ambiguous,
    ),
    [`${withCredential.length} requests of a job carry a credential`]:
      withCredential.length > MAX_REQUESTS.job,
    [`${ofMain.length} requests of main carry a credential`]: ofMain.length > MAX_REQUESTS.main,
    // A request of a killed main may arrive later.
    'post logs in': !trial.interrupted && sent.some(({ step, purpose }) => step === 'post' && opens(purpose)),
    'an access token is requested without need':
      sent.some(({ purpose }) => purpose === 'access-token') && !wantsAccessToken(trial),
    'post requests an access token':
      !trial.interrupted && sent.some(({ step, purpose }) => step === 'post' && purpose === 'access-token'),
    'a login ends all sessions': isLogin(mode) && sent.some(({ purpose }) => purpose === 'logoutall'),
    [`${mode} requests something else`]:
      !isLogin(mode) && sent.some(({ purpose, step }) => purpose !== MODE_PROFILES[mode].purposes[step]),
  };
}

/** A step goes on although what it met rarely passes. */
function tooOften(trial: Trial, step: When): Violations {
  // Verification gives up by its own time.
  const all = TO_SETTLE.flatMap((purpose: Purpose) => {
    const had = sentIn(trial, step).filter((one) => one.purpose === purpose);
    const times = new Map<string, number>();
    return had.slice(0, -1).map(({ met }) => {
      const limit = met.ambiguous ? undefined : limitOf(met, purpose);
      const before = limit === undefined ? 0 : (times.get(limit.kind) ?? 0);
      if (limit !== undefined) times.set(limit.kind, before + 1);
      return [
        `${step} sends another ${purpose} after ${limit?.kind}, ${before + 1} times`,
        limit !== undefined && before + 1 >= limit.times,
      ] as const;
    });
  });
  return Object.fromEntries(all.filter(([, isHarm]) => isHarm));
}

function misconduct(trial: Trial): Violations {
  const { main, post, sent, foreignConnections, saveFailed } = trial;
  const stderr = stepsOf(trial)
    .map((step) => step.stderr)
    .join('');
  const broke = saidBy(main).broke ?? saidBy(post).broke;
  const isMade = (saveFailed && /Could not /.test(broke ?? '')) || sent.some(({ met }) => met.programError);
  const isBroken = broke !== undefined && !isMade;
  return {
    'a connection to a host that no input names': foreignConnections > 0,
    'the post step failed the job': post?.failed === true && post.signal === null,
    [`stderr: ${stderr}`]: stderr !== '',
    [`the log says "${broke}"`]: isBroken,
    'main sent a request before it saved what post needs':
      main.stateFile === '' && !saveFailed && sent.some(({ effect }) => effect !== undefined),
  };
}

/** What only a login can do wrong. A kill leaves what was written before it. */
function ofLogin(trial: Trial): Violations {
  const { mode, main } = trial;
  if (!isLogin(mode)) return {};
  const outputs = HANDED_ON.map((name) => main.outputs[name]);
  const handedOn = [...outputs, ...Object.values(main.env)].some(
    (value) => value !== undefined && value !== '',
  );
  const id = main.outputs['session-id'] ?? '';
  const isOpened = resultOf(trial) === 'opened';
  const token = accessTokenOf(trial);
  const { accessToken } = MODE_PROFILES[mode];
  const isComplete =
    main.env[VARIABLES.sessionId] === id &&
    main.env[VARIABLES.serverUrl] === main.outputs['server-url'] &&
    (main.env[VARIABLES.accessToken] ?? '') === (accessToken === 'output-and-variable' ? token : '');
  const hasId = id !== '' || main.env[VARIABLES.sessionId] !== undefined;
  return {
    'a login that fails hands something on': main.signal === null && !isOpened && handedOn,
    'a session is handed on before it is saved': id !== '' && !main.stateFile.includes(id),
    'a session is handed on without its access token': hasId && (token !== '') !== wantsAccessToken(trial),
    'a session is not handed on in full': main.signal === null && isOpened && !isComplete,
  };
}

function beyondBounds(trial: Trial): Violations {
  const late = stepsOf(trial).map(({ durationMs, dueMs }) => durationMs - dueMs);
  const peakMiB = Math.max(...stepsOf(trial).map(({ memoryMiB = 0 }) => memoryMiB));
  return {
    [`a step is ${Math.round(Math.max(...late))} ms late`]: Math.max(...late) > SLACK_MS,
    [`a step took ${peakMiB} MiB`]: peakMiB > MEMORY_MIB,
  };
}
