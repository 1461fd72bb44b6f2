import { validateHeaderValue } from 'node:http';
import * as fc from 'fast-check';
import type { HttpResponse } from '../../src/http.ts';
import { isLoopback } from '../../src/inputs/hosts.ts';
import { INPUT_NAMES, type InputValues } from '../../src/inputs/values.ts';
import { summaryLine } from '../../src/report/report.ts';
import { purposeOf } from '../modes.ts';
import { opens } from '../responses/form.ts';
import { VirtualClock } from '../virtual/clock.ts';
import { type MainOptions, type MainRun, playMain, secretsSent } from '../virtual/steps.ts';
import { userObject } from '../virtual/user-objects.ts';
import { NO_HEADERS } from '../virtual/vendor.ts';
import { type SentCall, VirtualWorld } from '../virtual/world.ts';
import { hostsNamed, mayGoTo } from './destination.ts';
import { oneOf } from './draw.ts';
import { inputArbitrary, longestId, MARKS, sessionIds } from './input-arbitrary.ts';
import { issued, TOKEN_SERVICE } from './jobs.ts';
import { loginWords, mistakes, passwords, serverUrls } from './mistakes.ts';
import { CASES_OF_MODES, type Property, property } from './property.ts';
import { drawnFor, RIGHT, STEP_PROFILES, stepKinds, UNREAD_WITHOUT_MODE, wrong } from './right-inputs.ts';
import { harmless, tight, truthful } from './violation.ts';

export const inputProperties: readonly Property[] = [
  property(
    'cases of arbitrary inputs',
    inputArbitrary(),
    async (values) => {
      const { run, sent } = await given(values);
      tight(!run.unmasked, 'something came before a secret was masked');
      for (const { call } of sent) expectProperTarget(call, values);
      if (isRejected(run)) expectRefused(run, sent);
      else harmless(numberOf(sent, values) === Number(!isPutOff(values)), 'not one request');
      await expectNothingRepeated(run, values);
    },
    CASES_OF_MODES,
  ),
  property(
    'cases of wrong inputs among right ones',
    fc.record({ kind: stepKinds, wrong }),
    async ({ kind, wrong }) => {
      const own = drawnFor(kind, wrong);
      const { run, sent } = await given({ ...RIGHT, ...STEP_PROFILES[kind].right, ...own });
      const unread = own.mode === undefined ? STEP_PROFILES[kind].unread : UNREAD_WITHOUT_MODE;
      const expected = Object.keys(own).filter((name) => !unread.includes(name));
      const named = problemsIn(run);
      harmless(named.join() === expected.sort().join(), `named: ${named}; wrong: ${expected}`);
      if (expected.length > 0) expectRefused(run, sent);
      else
        harmless(
          resultOf(run) === STEP_PROFILES[kind].result && sent.length === STEP_PROFILES[kind].requests,
          textOf(run),
        );
    },
    CASES_OF_MODES,
  ),
  property(
    'cases of session ids, right by shape',
    fc.tuple(
      fc.oneof({ weight: 20, arbitrary: sessionIds }, { weight: 1, arbitrary: longestId }),
      oneOf('  \n \r\n \ufeff'),
    ),
    async ([id, blank]) => {
      const { run, sent } = await given({ ...RIGHT, mode: 'logout', 'session-id': blank + id + blank });
      harmless(sent[0]?.call.headers['icSessionId'] === id, `sent: ${sent[0]?.call.headers['icSessionId']}`);
      tight(run.masked.has(id), 'it is not masked');
    },
  ),
  property('cases of session ids, each a kind of mistake', mistakes, async (mistake) => {
    const values = { ...RIGHT, mode: 'logout', when: 'job-end', 'session-id': mistake.given };
    const { run, sent } = await given(values);
    expectRefused(run, sent);
    harmless(mistake.named.test(textOf(run)), `named otherwise: ${textOf(run)}`);
    const masked = [...run.masked].filter((mask) => !mask.includes(RIGHT.password));
    tight(masked.join() === (mistake.id ?? ''), `masked: ${masked}`);
    tight(
      mistake.id === undefined || !run.texts.some((text) => text.includes(mistake.id ?? '')),
      'it is shown',
    );
  }),
  property('cases of login URLs', loginWords, async ({ given: url, host }) => {
    const { run, sent } = await given({ ...RIGHT, mode: 'logoutall', 'login-url': url });
    if (host === undefined) expectRefused(run, sent);
    else harmless(sent[0]?.call.url.host === host, `${sent[0]?.call.url} ${textOf(run)}`);
  }),
  property('cases of server URLs', serverUrls, async ({ given: url, base }) => {
    const { run, sent } = await given({ ...RIGHT, mode: 'logout', 'server-url': url });
    if (base === undefined) expectRefused(run, sent);
    else
      harmless(
        sent[0]?.call.url.href === `${base}/api/v2/user/logout`,
        `${sent[0]?.call.url} ${textOf(run)}`,
      );
  }),
  property('cases of passwords', passwords, async ({ given: password, sent: expected }) => {
    const { run, sent } = await given({ ...RIGHT, mode: 'logoutall', password });
    if (expected === undefined) {
      expectRefused(run, sent);
      return;
    }
    harmless(sent[0] !== undefined && secretsSent(sent[0].call).join() === expected, textOf(run));
    tight(run.masked.has(password) && run.masked.has(expected), 'not both forms are masked');
    const tells = run.texts.some((text) => /line (break|end)/.test(text));
    harmless(tells === (password !== expected), 'it is not told of the line end, or for nothing');
  }),
  property(
    'cases of problems with a proxy',
    fc.record({
      kind: stepKinds,
      when: oneOf('now job-end'),
      problem: oneOf('https_proxy_is HTTPS_PROXY_is'),
    }),
    async ({ kind, when, problem }) => {
      const values = { ...RIGHT, ...STEP_PROFILES[kind].right, when };
      const { run, sent } = await given(values, { proxyProblems: () => [problem] });
      harmless(textOf(run).endsWith(`\n- ${problem}`), textOf(run));
      harmless(sent.length === 0 && run.state === '', 'something was sent or saved');
    },
    CASES_OF_MODES,
  ),
];

const ALL_IS_WELL = {
  kind: 'response',
  statusCode: 200,
  headers: NO_HEADERS,
  body: { kind: 'complete', text: '', endIsCertain: true },
} as const;

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJuIjoiVG9rZW4ifQ.c2lnbmF0dXJlNDcxMQ';
const SESSION_ID = 'Fake4711OpenedNow';

/** The main step with these inputs, at servers that grant every request. */
async function given(values: InputValues, options: MainOptions = {}) {
  const world = new VirtualWorld(new VirtualClock(), {
    meet: async ({ url }) => ({ result: successFor(url) }),
  });
  const run = await playMain(values, world, { idTokenService: () => TOKEN_SERVICE, ...options });
  return { run, sent: world.sent };
}

function successFor(url: URL): HttpResponse {
  if (isService(url)) return issued(TOKEN);
  if (!opens(purposeOf(url.pathname))) return ALL_IS_WELL;
  const serverUrl = isLoopback(url.hostname) ? `${url.origin}/saas` : undefined;
  const text = JSON.stringify(userObject(SESSION_ID, serverUrl));
  return { ...ALL_IS_WELL, body: { ...ALL_IS_WELL.body, text } };
}

function isService(url: URL): boolean {
  return url.href.startsWith(TOKEN_SERVICE.url);
}

function textOf({ report }: MainRun): string {
  return report === 'killed' ? report : report.text;
}

function resultOf({ report }: MainRun): string | undefined {
  return report === 'killed' ? report : report.outputs['result'];
}

function isRejected(run: MainRun): boolean {
  return textOf(run).startsWith('Wrong inputs');
}

function isLogin(values: InputValues): boolean {
  return values.mode.trim() === 'login';
}

/** Only the end of a session can be scheduled. */
function isPutOff(values: InputValues): boolean {
  return values.when.trim() === 'job-end' && !isLogin(values);
}

/** How many requests of the mode itself were sent. */
function numberOf(sent: readonly SentCall[], values: InputValues): number {
  const purposes = sent
    .filter(({ call }) => !isService(call.url))
    .map(({ call }) => purposeOf(call.url.pathname));
  return purposes.filter((purpose) => opens(purpose) === isLogin(values)).length;
}

/** Credentials go only where the inputs say. A session that must not be handed on is ended at the server that the login's response names. */
function expectProperTarget(call: SentCall['call'], values: InputValues): void {
  for (const [name, value] of Object.entries(call.headers)) validateHeaderValue(name, value);
  const { Authorization } = call.headers;
  harmless(
    Authorization === (isService(call.url) ? `Bearer ${TOKEN_SERVICE.bearer}` : undefined),
    `${Authorization}`,
  );
  if (isService(call.url)) return;
  if (isLogin(values) && purposeOf(call.url.pathname) === 'logout') {
    harmless(secretsSent(call).join() === SESSION_ID, 'another session is ended');
    return;
  }
  if (isLogin(values) && purposeOf(call.url.pathname) === 'validity') {
    harmless(JSON.parse(call.body).icToken === SESSION_ID, 'another session is verified');
    return;
  }
  harmless(mayGoTo(call.url, values), `credentials went to ${call.url}`);
  expectVeryCredentials(call, values);
}

function expectRefused(run: MainRun, sent: readonly SentCall[]): void {
  const text = textOf(run);
  const [head, ...problems] = text.split('\n');
  const each = problems.every((line) => INPUT_NAMES.some((name) => line.startsWith(`- ${name} `)));
  harmless(head?.startsWith('Wrong inputs') === true && problems.length > 0 && each, text);
  truthful(run.report !== 'killed' && run.report.level === 'error', 'wrong inputs are no failure');
  harmless(sent.length === 0 && run.state === '', 'wrong inputs, and something was sent or saved');
  harmless(
    run.texts.every((said) => [text, summaryLine(text, ''), 'failed', '0', ''].includes(said)),
    'more was said',
  );
}

function expectVeryCredentials({ url, headers, body }: SentCall['call'], values: InputValues): void {
  const ids = [headers['icSessionId'], headers['INFA-SESSION-ID']].filter((id) => id !== undefined);
  switch (purposeOf(url.pathname)) {
    case 'logout':
      harmless(ids.join() === values['session-id'].trim() && body === '', 'another session id');
      return;
    case 'token-login': {
      const token = values['oauth-token'].trim() || TOKEN;
      const expected = { orgId: values['organization-id'].trim(), oauthToken: token };
      harmless(JSON.stringify(expected) === body && ids.length === 0, body);
      return;
    }
    default: {
      const { username, password, ...rest } = JSON.parse(body);
      const type = { '@type': isLogin(values) ? 'login' : 'logout' };
      const isVersion3 = /core\/v3/.test(url.pathname);
      harmless(
        password === values.password.replace(/[\r\n]+$/, ''),
        `another password: ${JSON.stringify(password)}`,
      );
      harmless(username === values.username.trim(), body);
      harmless(JSON.stringify(rest) === JSON.stringify(isVersion3 ? {} : type), body);
      harmless(ids.length === 0, 'a session id goes with the password');
    }
  }
}

/** No text contains a secret, or a part of a URL that is not allowed there, unless it was in the text anyway. */
async function expectNothingRepeated({ texts }: MainRun, values: InputValues): Promise<void> {
  // The user name and the organization are shown as given.
  const hosts = [values['server-url'], values['login-url']].flatMap(hostsNamed).join();
  const named = `${values.username} ${values['organization-id']}`.toLowerCase();
  for (const mark of MARKS.map((text) => text.toLowerCase())) {
    const shown = texts.some((text) => text.toLowerCase().includes(mark));
    tight(!shown || hosts.includes(mark) || named.includes(mark), `${mark} is shown`);
  }
  for (const name of ['session-id', 'password', 'oauth-token'] as const) {
    const secret = values[name].trim();
    const count = (among: readonly string[]) => among.filter((text) => text.includes(secret)).length;
    if (secret === '' || count(texts) === 0) continue;
    // With its blanks, because a line break in it is another problem.
    const other = await given({ ...values, [name]: values[name].replace(/[^\s$ {.]/g, 'Z') });
    tight(count(texts) <= count(other.run.texts), `the ${name} is shown`);
  }
}

function problemsIn(run: MainRun): string[] {
  const lines = textOf(run)
    .split('\n')
    .filter((line) => line.startsWith('- '));
  return [...new Set(lines.map((line) => line.split(' ')[1] ?? ''))].sort();
}
