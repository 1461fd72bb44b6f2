import { beforeAll, describe, expect, test } from '@jest/globals';
import { Journal } from '../../proof/journal.ts';
import { judge } from '../../proof/judge/judge.ts';
import { MODE_PROFILES, type Mode, VARIABLES } from '../../proof/modes.ts';
import { newJob, play } from '../../proof/play.ts';
import { type Encounter, PROPER } from '../../proof/responses/form.ts';
import type { StepRecord, Trial } from '../../proof/trial.ts';
import { type JobScript, playFirstHalf, playJob, withoutPost } from '../../proof/virtual/job.ts';
import { startSimulator } from '../../simulator/index.ts';
import { brokenBy } from './support.ts';

const USER = { username: 'pipeline@example.com', password: 'not-a-real-password' };
const TOKEN = 'login-access-token';
const MODES = ['logout', 'logoutall', 'login', TOKEN] as const;

/** A job as it should go, played by processes. If the runner is shut down, the first response comes after the signal. */
async function byProcesses(mode: Mode, isShutDown: boolean): Promise<Trial> {
  const cloud = await startSimulator({ organizations: [{ name: 'Organization', users: [USER] }] });
  const job = newJob();
  try {
    const task = MODE_PROFILES[mode].begin({ cloud, at: cloud, user: USER });
    const journal = new Journal(mode, task);
    let withoutPost: Promise<Trial> | undefined;
    cloud.setFaults((request) => {
      journal.arrived(request, PROPER);
      if (!isShutDown || withoutPost !== undefined) return undefined;
      withoutPost = playing.shutDown();
      return { kind: 'delay', effect: true, ms: 600 };
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
    return (await withoutPost) ?? (await playing.post());
  } finally {
    await job.dispose();
    await cloud.close();
  }
}

/** The same job in the virtual world. */
async function inVirtualWorld(mode: Mode, isShutDown: boolean): Promise<Trial> {
  const setup = {
    mode,
    when: 'now',
    allowAlreadyEnded: false,
    timeoutSeconds: 60,
    sessions: 'opaque',
  } as const;
  const script: JobScript = {
    meet: async (call, _purpose, world, vendor) => {
      if (isShutDown) world.cancel();
      return { met: PROPER, result: await vendor.respond(call) };
    },
  };
  return isShutDown ? withoutPost(await playFirstHalf(setup, script)) : await playJob(setup, script);
}

const WORLDS = { processes: byProcesses, 'the virtual world': inVirtualWorld };

const changed =
  (step: 'main' | 'post', change: (record: StepRecord) => Partial<StepRecord>) =>
  (trial: Trial): Trial => {
    const record = trial[step];
    return record === undefined ? trial : { ...trial, [step]: { ...record, ...change(record) } };
  };
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
const BUSY: Encounter = { name: '429', form: { kind: 'other', status: 429 } };
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
    'no message about a session whose ID nobody has',
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
    'an access token that is requested after a rejection',
    TOKEN,
    3,
    (trial) => {
      const { sent } = withoutToken(trial);
      return { ...trial, sent: [...sent, ...sent.filter(({ purpose }) => purpose === 'access-token')] };
    },
  ],
  ['an access token that is not wanted', TOKEN, 3, (trial) => ({ ...trial, mode: 'login' })],
  [
    'an access token that post requests',
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
    'an access token in a variable that was not requested',
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

const says = (line: string, result = 'failed') =>
  changed('main', ({ outputs }) => ({ outputs: { ...outputs, result }, exitCode: 1, log: [line] }));
const NOT_CONFIRMED = 'Error: Not confirmed as ended. The post step will try again.';
const LEFT_TO_POST = 'Error: Opened a session. Its end was not confirmed: the post step tries again.';
const leftOpen = (trial: Trial): Trial => {
  const open = [...trial.openBefore, ...opened(trial)];
  return { ...trial, openAfterMain: open, openAfterPost: open };
};
/** Main sends no logout of the session that it opened. */
const keepsSession = (trial: Trial) =>
  leftOpen({ ...trial, sent: trial.sent.filter(({ purpose }) => purpose !== 'logout') });

/** What may go wrong on a runner that is shut down, where main is the last step. */
const PLANTED_WITHOUT_POST: typeof PLANTED = [
  ['a session in hand that is left to post', 'login', 2, (trial) => says(LEFT_TO_POST)(keepsSession(trial))],
  [
    'a session that is handed on after the signal',
    'login',
    1,
    (trial) => changed('main', () => ({ exitCode: 0, log: ['Opened a session'] }))(keepsSession(trial)),
  ],
  [
    'no message about a session that is left',
    'login',
    1,
    (trial) => says('Error: Opened a session. The step was cancelled')(keepsSession(trial)),
  ],
  [
    'no message about a session whose ID nobody has',
    'login',
    1,
    (trial) => ({ ...trial, openAfterPost: ['a lost session'] }),
  ],
  [
    '"ended at once" over an open session',
    'login',
    1,
    (trial) => ({
      ...leftOpen(trial),
      sent: trial.sent.map((one) => (one.purpose === 'logout' ? { ...one, met: LOST } : one)),
    }),
  ],
  [
    'a logout that is left to post',
    'logout',
    2,
    (trial) => says(NOT_CONFIRMED)(leftOpen(meeting(LOST)(trial))),
  ],
  ['"ended" without post', 'logout', 1, (trial) => leftOpen(meeting(LOST)(trial))],
  [
    'a password that was never checked',
    'logoutall',
    2,
    (trial) => says(NOT_CONFIRMED)(leftOpen(meeting(BUSY)(trial))),
  ],
  ['a step without an end', 'logout', 5, changed('main', ({ dueMs }) => ({ durationMs: dueMs + 2_001 }))],
];

describe.each(Object.entries(WORLDS))('%s:', (_name, playIn) => {
  describe.each([
    ['a whole job', false, PLANTED],
    ['a job whose runner is shut down', true, PLANTED_WITHOUT_POST],
  ] as const)('%s', (_kind, isShutDown, planted) => {
    const trials = new Map<Mode, Trial>();
    const played = (mode: Mode): Trial => {
      const trial = trials.get(mode);
      if (trial === undefined) throw new Error(`${mode} was not played`);
      return trial;
    };

    beforeAll(async () => {
      await Promise.all(MODES.map(async (mode) => trials.set(mode, await playIn(mode, isShutDown))));
    });

    test.each(MODES)('of %s is clean', (mode) => {
      expect(played(mode).post === undefined).toBe(isShutDown);
      expect(judge(played(mode))).toEqual({ problems: [], excused: false });
    });

    test.each(planted)('with %s is seen', (_what, mode, invariant, plant) => {
      expect(brokenBy(judge(plant(played(mode))))).toContain(invariant);
    });
  });
});
