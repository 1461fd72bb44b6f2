import { beforeAll, describe, expect, test } from '@jest/globals';
import { Journal } from '../../proof/journal.ts';
import { judge } from '../../proof/judge/judge.ts';
import { MODE_PROFILES, type Mode, VARIABLES } from '../../proof/modes.ts';
import { newJob, play } from '../../proof/play.ts';
import { type Encounter, PROPER } from '../../proof/responses/form.ts';
import type { StepRecord, Trial } from '../../proof/trial.ts';
import { playJob } from '../../proof/virtual/job.ts';
import { startSimulator } from '../../simulator/index.ts';
import { brokenBy } from './support.ts';

const USER = { username: 'pipeline@example.com', password: 'not-a-real-password' };
const TOKEN = 'login-access-token';
const MODES = ['logout', 'logoutall', 'login', TOKEN] as const;

/** A job as it should go, played by processes. */
async function byProcesses(mode: Mode): Promise<Trial> {
  const cloud = await startSimulator({ organizations: [{ name: 'Organization', users: [USER] }] });
  const job = newJob();
  try {
    const task = MODE_PROFILES[mode].begin({ cloud, at: cloud, user: USER });
    const journal = new Journal(mode, task);
    cloud.setFaults((request) => {
      journal.arrived(request, PROPER);
      return undefined;
    });
    const playing = play(job, {
      label: mode,
      mode,
      when: 'now',
      timeoutMs: 10_000,
      task,
      user: USER,
      privateTexts: cloud.privateTexts(USER),
      journal,
      getsWell: true,
    });
    await playing.main;
    return await playing.post();
  } finally {
    await job.dispose();
    await cloud.close();
  }
}

/** The same job in the virtual world. */
async function inVirtualWorld(mode: Mode): Promise<Trial> {
  const setup = {
    mode,
    when: 'now',
    allowAlreadyEnded: false,
    timeoutSeconds: 60,
    sessions: 'opaque',
  } as const;
  return await playJob(setup, {
    meet: async (call, _purpose, _world, vendor) => ({ met: PROPER, delivery: await vendor.answer(call) }),
  });
}

const WORLDS = { processes: byProcesses, 'the virtual world': inVirtualWorld };

const changed =
  (step: 'main' | 'post', change: (record: StepRecord) => Partial<StepRecord>) => (trial: Trial) => ({
    ...trial,
    [step]: { ...trial[step], ...change(trial[step]) },
  });
const meeting = (met: Encounter) => (trial: Trial) => ({
  ...trial,
  sent: trial.sent.map((one) => ({ ...one, met, effect: 'none' as const })),
});
const REFUSED: Encounter = {
  name: 'a rejection',
  form: { kind: 'error', about: 'account', status: 403, code: 'UI_10000' },
};
const REDIRECT: Encounter = { name: 'a redirect', form: { kind: 'other', status: 302 } };
const PAGE_404: Encounter = { name: '404 with a page', form: { kind: 'other', status: 404 } };
const LOST: Encounter = { name: 'no response', form: { kind: 'nothing' } };
const opened = ({ sent }: Trial) => sent.flatMap((one) => one.opened);
const accessToken = ({ accessTokens }: Trial) => accessTokens[0]?.token ?? '';
/** Main opened a session, got no access token, and handed nothing on. */
const withoutToken = (trial: Trial) => ({
  ...changed('main', () => ({ exitCode: 1, failed: true, outputs: { result: 'failed' }, env: {} }))(trial),
  accessTokens: [],
  sent: trial.sent.map((one) => (one.purpose === 'access-token' ? { ...one, met: REFUSED } : one)),
});
const warns = changed('post', () => ({
  annotations: [{ level: 'warning', message: '' }],
  log: ['Warning: '],
}));
const sentTimes = (times: number, trial: Trial) => {
  const [first] = trial.sent;
  return { ...trial, sent: first === undefined ? [] : [...Array(times - 1).fill(first), ...trial.sent] };
};

/** What may go wrong in a job, the first mode in which it can, and the invariant that it breaks. */
const PLANTED: readonly (readonly [string, (typeof MODES)[number], number, (trial: Trial) => Trial])[] = [
  [
    '"ended" on a page',
    'logout',
    1,
    (trial) => {
      const open = { openAfterMain: trial.openBefore, openAfterPost: trial.openBefore };
      return { ...meeting({ name: 'a page', form: { kind: 'other', status: 200 } })(trial), ...open };
    },
  ],
  [
    '"ended" in post over an open session',
    'login',
    1,
    (trial) => ({ ...meeting(LOST)(trial), openAfterPost: opened(trial) }),
  ],
  ['"opened" without a session', 'login', 1, (trial) => ({ ...trial, openAfterMain: [] })],
  [
    '"verified" that nobody said',
    'login',
    1,
    (trial) => ({ ...trial, sent: trial.sent.filter(({ purpose }) => purpose !== 'validity') }),
  ],
  [
    'a green main with a failed result',
    'logout',
    1,
    changed('main', ({ outputs }) => ({ outputs: { ...outputs, result: 'failed' } })),
  ],
  ['a red main with a good result', 'logout', 1, changed('main', () => ({ exitCode: 1 }))],
  [
    'a line that is not the result',
    'logout',
    1,
    changed('main', () => ({ log: ['Already ended: the session'] })),
  ],
  [
    'a quiet post over an open session',
    'logout',
    1,
    (trial) => ({
      ...changed('main', () => ({ exitCode: 1, outputs: { result: 'failed' }, log: ['Error: Not ended'] }))(
        meeting(LOST)(trial),
      ),
      openAfterMain: trial.openBefore,
      openAfterPost: trial.openBefore,
    }),
  ],
  [
    'silence about a session that is open to nobody',
    'login',
    1,
    (trial) => ({ ...trial, openAfterPost: ['a lost session'] }),
  ],
  [
    'an alarm for nothing',
    'login',
    1,
    changed('main', () => ({ annotations: [{ level: 'warning', message: 'A session may be open until' }] })),
  ],
  [
    'a session left by post',
    'login',
    2,
    (trial) => warns({ ...meeting(LOST)(trial), openAfterPost: opened(trial) }),
  ],
  [
    'a session that main did not save',
    'login',
    2,
    (trial) => ({
      ...changed('main', () => ({ stateFile: '{"kind":"logging-in"}' }))(trial),
      openAfterPost: opened(trial),
    }),
  ],
  ['a request after the vendor settled it', 'logout', 3, (trial) => sentTimes(2, trial)],
  ['a second password after a rejection', 'logoutall', 3, (trial) => sentTimes(2, meeting(REFUSED)(trial))],
  ['a fourth password', 'logoutall', 3, (trial) => sentTimes(4, meeting(LOST)(trial))],
  ['a request after a redirect', 'logout', 3, (trial) => sentTimes(2, meeting(REDIRECT)(trial))],
  ['a third try of a 404', 'logout', 3, (trial) => sentTimes(3, meeting(PAGE_404)(trial))],
  ['a foreign host', 'logout', 3, (trial) => ({ ...trial, foreignConnections: 1 })],
  ['a post that fails the job', 'logout', 3, changed('post', () => ({ failed: true, exitCode: 1 }))],
  [
    'a mistake of the action itself',
    'logout',
    3,
    changed('main', ({ log }) => ({ log: [...log, 'The action failed unexpectedly (TypeError)'] })),
  ],
  ['a state that was not saved', 'logout', 3, changed('main', () => ({ stateFile: '' }))],
  ['a variable that was not set', 'login', 3, changed('main', () => ({ env: {} }))],
  [
    'a failed login that hands on',
    'login',
    3,
    changed('main', ({ outputs }) => ({ outputs: { ...outputs, result: 'failed' } })),
  ],
  [
    'a secret in the log',
    'logout',
    4,
    (trial) => changed('main', ({ log }) => ({ log: [...log, trial.credential] }))(trial),
  ],
  [
    'half a secret in a warning',
    'logoutall',
    4,
    (trial) =>
      changed('post', () => ({ summary: trial.credential.slice(0, Math.ceil(trial.credential.length / 2)) }))(
        trial,
      ),
  ],
  [
    'a password in state',
    'login',
    4,
    (trial) => changed('main', ({ stateFile }) => ({ stateFile: stateFile + trial.credential }))(trial),
  ],
  [
    'a secret that stays in a settled state',
    'logout',
    4,
    (trial) => changed('main', () => ({ stateFile: trial.credential }))(trial),
  ],
  ['a mask that is missing', 'logout', 4, changed('main', () => ({ masks: [] }))],
  ['a mask that came too late', 'login', 4, (trial) => ({ ...trial, unmasked: true })],
  ['markup in the summary', 'logout', 4, changed('main', () => ({ summary: '[x](y)' }))],
  [
    'a command from the server',
    'logout',
    4,
    changed('main', () => ({ commands: [{ name: 'set-env', properties: {}, data: '' }] })),
  ],
  ['an access token that nobody granted', TOKEN, 1, (trial) => ({ ...trial, accessTokens: [] })],
  [
    'an expiry that is not that of the access token',
    TOKEN,
    1,
    changed('main', ({ outputs }) => ({
      outputs: { ...outputs, 'access-token-expires-at': '2026-01-01T00:00:00Z' },
    })),
  ],
  ['a session without an access token that main left to post', TOKEN, 2, withoutToken],
  [
    'a session that is handed on without its access token',
    TOKEN,
    3,
    changed('main', ({ outputs, env }) => ({
      outputs: { ...outputs, 'access-token': '' },
      env: { ...env, [VARIABLES.accessToken]: '' },
    })),
  ],
  [
    'an access token whose variable was not set',
    TOKEN,
    3,
    changed('main', ({ env }) => ({ env: { ...env, [VARIABLES.accessToken]: '' } })),
  ],
  [
    'an access token that a failed login hands on',
    TOKEN,
    3,
    (trial) =>
      changed('main', () => ({ outputs: { 'access-token': accessToken(trial) } }))(withoutToken(trial)),
  ],
  [
    'an access token that is asked for after a refusal',
    TOKEN,
    3,
    (trial) => {
      const { sent } = withoutToken(trial);
      return { ...trial, sent: [...sent, ...sent.filter(({ purpose }) => purpose === 'access-token')] };
    },
  ],
  ['an access token that is not wanted', TOKEN, 3, (trial) => ({ ...trial, mode: 'login' })],
  [
    'an access token that post asks for',
    TOKEN,
    3,
    (trial) => ({
      ...trial,
      sent: trial.sent.map((one) =>
        one.purpose === 'access-token' ? { ...one, step: 'post' as const } : one,
      ),
    }),
  ],
  [
    'an access token in the log',
    TOKEN,
    4,
    (trial) => changed('main', ({ log }) => ({ log: [...log, accessToken(trial)] }))(trial),
  ],
  [
    'an access token in state',
    TOKEN,
    4,
    (trial) => changed('main', ({ stateFile }) => ({ stateFile: stateFile + accessToken(trial) }))(trial),
  ],
  [
    'an access token in a variable that nobody asked for',
    TOKEN,
    4,
    (trial) => changed('main', ({ env }) => ({ env: { ...env, TOKEN: accessToken(trial) } }))(trial),
  ],
  [
    'an access token that is not masked',
    TOKEN,
    4,
    (trial) =>
      changed('main', ({ masks }) => ({ masks: masks.filter((mask) => mask !== accessToken(trial)) }))(trial),
  ],
  ['a step without an end', 'logout', 5, changed('main', ({ dueMs }) => ({ durationMs: dueMs + 2_001 }))],
  ['a body without a limit', 'logout', 5, changed('post', () => ({ memoryMiB: 101 }))],
];

describe.each(Object.entries(WORLDS))('a trial of %s', (_name, playIn) => {
  const trials = new Map<Mode, Trial>();
  const played = (mode: Mode): Trial => {
    const trial = trials.get(mode);
    if (trial === undefined) throw new Error(`${mode} was not played`);
    return trial;
  };

  beforeAll(async () => {
    for (const mode of MODES) trials.set(mode, await playIn(mode));
  });

  test.each(MODES)('of %s is clean', (mode) => {
    expect(judge(played(mode))).toEqual({ problems: [], excused: false });
  });

  test.each(PLANTED)('with %s is seen', (_what, mode, invariant, plant) => {
    expect(brokenBy(judge(plant(played(mode))))).toContain(invariant);
  });
});
