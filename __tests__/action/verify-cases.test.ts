import { describe, expect, test } from '@jest/globals';
import type { Fault, SessionIds, Settings, Simulator } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  BROKEN,
  changed,
  ending,
  expectHidden,
  expectRed,
  JWT,
  LOGIN_V2,
  LOGOUT_V2,
  loginScene,
  OPAQUE,
  pipeline,
  played,
  sent,
  VALID,
} from './login-support.ts';
import {
  apart,
  concurrentTest,
  faster,
  IMPATIENT,
  mainAndPost,
  onlyMain,
  onlyPost,
  outcomeOf,
  respondWith,
  SIGN_IN_PAGE,
  scene,
} from './support.ts';

const page = respondWith(200, SIGN_IN_PAGE);

/** Faults by the kind of request. */
function faultOn(cloud: Simulator, faults: Readonly<Record<string, Fault>>): void {
  cloud.setFaults(({ path }) => faults[Object.keys(faults).find((name) => path.endsWith(name)) ?? '']);
}

describe('validSessionId knows the user by a name in other letters', () => {
  const OTHER_LETTERS = changed({ name: 'SOURCE.Pipeline@Example.com' });

  test.concurrent.each([
    ['an opaque id', 'auto', OPAQUE],
    ['an opaque id', 'always', OPAQUE],
    ['a JWT', 'auto', JWT],
    ['a JWT', 'always', JWT],
  ] as const)(
    '%s, verify %s, a logout whose response is a page: not ended',
    apart(async (_name, verify, ids) => {
      const stage = await loginScene({ sessionIds: ids, inputs: { verify }, job: IMPATIENT });
      faultOn(stage.cloud, { [LOGIN_V2]: OTHER_LETTERS, [LOGOUT_V2]: page });
      const { main, post, cloud } = await played(stage);
      expect(main.exitCode).toBe(0);
      expect(post.log.at(-1)).toMatch(new RegExp(`^Warning: ${UNCONFIRMED_END}`));
      expect(cloud.openSessions()).toHaveLength(1);
    }),
  );

  concurrentTest('and a logout that works: ended, and never called verified', async () => {
    const stage = await loginScene({ sessionIds: JWT });
    faultOn(stage.cloud, { [LOGIN_V2]: OTHER_LETTERS });
    const { post, cloud } = await played(stage);
    expect(ending(post)).toMatch(/^Ended .* Not verified: /);
    expect(cloud.openSessions()).toEqual([]);
  });
});

describe('an opaque id, verify: always, and an empty 200 that ended nothing', () => {
  const meet = async (faults: readonly (Fault | undefined)[]) =>
    played(
      await loginScene({
        sessionIds: OPAQUE,
        inputs: { verify: 'always', 'on-cleanup-failure': 'fail' },
        faults,
      }),
    );

  test.concurrent.each<[string, readonly (Fault | undefined)[], readonly string[]]>([
    ['the control was a page', [undefined, page, respondWith(200), page], [LOGIN_V2, VALID, LOGOUT_V2]],
    [
      'the verification got a page',
      [undefined, undefined, respondWith(200), page],
      [LOGIN_V2, VALID, LOGOUT_V2, VALID],
    ],
  ])(
    '%s: "not verified", which warns and is not red',
    apart(async (_name, faults, requests) => {
      const { main, post, cloud } = await meet(faults);
      expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
      expect(ending(post)).toMatch(/^Warning: Ended .* Not verified: .*validSessionId/);
      expect(sent(cloud)).toEqual(requests);
      expect(cloud.openSessions()).toHaveLength(1);
    }),
  );

  concurrentTest('the verification says still valid: red as the user asked', async () => {
    const { post, cloud } = await meet([undefined, undefined, respondWith(200)]);
    expect(ending(post)).toMatch(/^Error: Still valid/);
    expect(post.exitCode).toBe(1);
    expect(cloud.openSessions()).toHaveLength(1);
  });
});

describe('each reason of "not verified"', () => {
  interface Reason {
    readonly name: string;
    readonly says: RegExp;
    readonly seconds?: string;
    readonly job?: ReturnType<typeof faster>;
    readonly faults: Readonly<Record<string, Fault>>;
  }
  const slow: Fault = { kind: 'delay', effect: true, ms: 4_800 };
  const REASONS: readonly Reason[] = [
    {
      name: 'the login named no user',
      says: /user name/,
      faults: { [LOGIN_V2]: changed({ name: undefined }) },
    },
    {
      name: 'a user name of more than 255 characters',
      says: /user name/,
      faults: { [LOGIN_V2]: changed({ name: 'n'.repeat(256) }) },
    },
    { name: 'no time after the login', says: /after the login/, seconds: '2', faults: {} },
    {
      name: 'no time after the logout',
      says: /after the logout/,
      seconds: '4',
      // A busy machine may be slow to respond.
      job: faster(1 / 2),
      faults: { [LOGOUT_V2]: slow },
    },
    { name: 'the control was a page', says: /clear/, faults: { [VALID]: page } },
    { name: 'the control was nothing', says: /clear/, faults: { [VALID]: respondWith(503) } },
    {
      name: 'the control said "dead"',
      says: /invalid/,
      faults: { [LOGIN_V2]: changed({ name: 'another@example.com' }) },
    },
  ];

  test.concurrent.each(REASONS)(
    '$name',
    apart(async ({ says, seconds = '60', job = {}, faults }) => {
      const meet = async (verify: string) => {
        const inputs = { verify, 'timeout-seconds': seconds, 'on-cleanup-failure': 'fail' };
        const stage = await loginScene({ sessionIds: JWT, inputs, job });
        faultOn(stage.cloud, faults);
        const { main, post, cloud } = await played(stage);
        expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
        expect(main.annotations).toEqual([]);
        expect(cloud.openSessions()).toEqual([]);
        expect(post.log).toEqual([expect.stringMatching(/Ended .* Not verified: /)]);
        expect(ending(post).replace(/^.*Not verified: /, '')).toMatch(says);
        return post;
      };
      const [auto, always] = await Promise.all([meet('auto'), meet('always')]);
      expect(auto.annotations).toEqual([]);
      expect(always.annotations.map(({ level }) => level)).toEqual(['warning']);
    }),
  );
});

describe('a script of the user’s own that logged out', () => {
  test.concurrent.each<[string, SessionIds, Partial<Settings>, readonly (Fault | undefined)[]]>([
    ['an opaque id', OPAQUE, {}, []],
    ['a JWT', JWT, {}, []],
    ['AUTH_01', OPAQUE, { deadSession: 'auth-01-403' }, []],
    ['a bare 401', OPAQUE, { deadSession: 'empty-401' }, []],
    ['a control that was a page', OPAQUE, {}, [undefined, page]],
  ])(
    '%s, verify: always: already ended, a plain line',
    apart(async (_name, sessionIds, settings, faults) => {
      const inputs = { verify: 'always', 'on-cleanup-failure': 'fail' };
      const { job, cloud, ...stage } = await loginScene({ sessionIds, settings, faults, inputs });
      const main = await onlyMain({ job, inputs: stage.inputs });
      cloud.endSession(main.outputs['session-id'] ?? '');
      const post = await onlyPost(job);
      expect(post.log).toEqual([expect.stringMatching(/^Already ended/)]);
      expect(post).toMatchObject({ exitCode: 0, annotations: [] });
      expect(sent(cloud).filter((path) => path === LOGOUT_V2)).toHaveLength(1);
    }),
  );
});

describe('a JWT of a wrong organization, which main ends', () => {
  const meet = async (settings: Partial<Settings>, verify = 'auto', ...faults: readonly Fault[]) => {
    const inputs = { 'organization-id': '000002', verify };
    const stage = await loginScene({
      sessionIds: JWT,
      settings,
      inputs,
      faults: [undefined, undefined, ...faults],
    });
    const ran = await played(stage);
    expectRed(ran.main);
    expect(ending(ran.main)).toMatch(BROKEN);
    return ran;
  };

  concurrentTest('is verified by post, which sends no second logout', async () => {
    const { main, post, cloud } = await meet({});
    expect(ending(main)).toContain('It was ended at once.');
    expect(post.log).toEqual([expect.stringMatching(/^Nothing to clean up.* verified/)]);
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    expect(sent(cloud)).toEqual([LOGIN_V2, VALID, LOGOUT_V2, VALID]);
    expect(cloud.openSessions()).toEqual([]);
  });

  test.concurrent.each([
    ['auto', ''],
    ['always', 'Warning: '],
  ])(
    'that lives on: post logs out again, and says so, verify: %s',
    apart(async (verify, level) => {
      const { post, cloud } = await meet({ logoutEndsJwt: false }, verify);
      expect(ending(post)).toMatch(new RegExp(`^${level}Still valid`));
      expect(sent(cloud).filter((path) => path === LOGOUT_V2)).toHaveLength(2);
      expect(cloud.openSessions()).toHaveLength(1);
    }),
  );

  concurrentTest('that a second logout ends: ended, verified', async () => {
    const { post, cloud } = await meet({}, 'auto', respondWith(200));
    expect(ending(post)).toMatch(/^Ended .* verified/);
    expect(cloud.openSessions()).toEqual([]);
  });
});

describe('the debug log', () => {
  /** Each attempt's line. */
  const attempts = (log: readonly string[]) =>
    log.filter((line) => /^##\[debug\](GET|POST) /.test(line)).map((line) => line.slice('##[debug]'.length));

  concurrentTest('has a line for each attempt, and no more of it', async () => {
    const stage = await loginScene({
      sessionIds: JWT,
      job: { ...IMPATIENT, debug: true },
      faults: [respondWith(429, '', { 'Retry-After': '1' })],
    });
    const { main, post, cloud } = await played(stage);
    const host = new URL(cloud.loginUrl).host;
    const server = new URL(cloud.serverUrl);
    const at = (path: string, rest: string) =>
      expect.stringMatching(new RegExp(`^POST \\S+/${path}: ${rest}$`));
    expect(attempts(main.log)).toEqual([
      at(LOGIN_V2, String.raw`HTTP 429 after \d+ ms; inconclusive, retry in \d+ ms`),
      at(LOGIN_V2, String.raw`HTTP 200 after \d+ ms; success`),
      at(VALID, String.raw`HTTP 200 after \d+ ms; success`),
    ]);
    expect(attempts(main.log)[0]).toContain(`POST ${host}/ma/`);
    expect(attempts(post.log)).toEqual([
      at(LOGOUT_V2, String.raw`HTTP 200 after \d+ ms; success`),
      at(VALID, String.raw`HTTP 200 after \d+ ms; success`),
    ]);
    expect(attempts(post.log)[0]).toContain(`POST ${server.host}${server.pathname}/`);
    expectHidden([main, post], pipeline.password, main.outputs['session-id'] ?? '');
  });

  concurrentTest('names what went wrong on the line, and what was decided', async () => {
    const secret = 'text-of-the-server-alone';
    const faults: Fault[] = [
      { kind: 'silent', effect: false, ending: 'reset' },
      respondWith(500, JSON.stringify({ '@type': 'error', code: 'X_1', description: secret }), {
        'X-Note': secret,
      }),
      respondWith(302, '', { Location: `/?${secret}` }),
    ];
    const stage = await scene('logout', { faults, job: { ...IMPATIENT, debug: true } });
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
    expect(attempts(main.log).map((line) => line.replace(/^\S+ \S+: /, ''))).toEqual([
      expect.stringMatching(/^no response, .*\(ECONNRESET\) after \d+ ms; inconclusive, retry in \d+ ms$/),
      expect.stringMatching(/^HTTP 500 after \d+ ms; inconclusive, retry in \d+ ms$/),
      expect.stringMatching(/^HTTP 302 after \d+ ms; inconclusive, no retry: /),
    ]);
    for (const line of [...attempts(main.log), ...attempts(post.log)]) {
      expect(line).not.toContain(secret);
      expect(line).not.toContain('?');
    }
    expectHidden([main, post], stage.session.sessionId);
  });

  concurrentTest('without RUNNER_DEBUG there is none', async () => {
    const stage = await scene('logout');
    const main = await onlyMain(stage);
    expect(main.stdout).not.toMatch(/POST |::debug::/);
  });
});
