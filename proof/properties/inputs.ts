import { validateHeaderValue } from 'node:http';
import * as fc from 'fast-check';
import { INPUT_NAMES, type InputValues } from '../../src/inputs/values.ts';
import { KITS, MODES } from '../modes.ts';
import { VirtualClock } from '../virtual/clock.ts';
import { type MainOptions, type MainRun, playMain, secretsSent } from '../virtual/steps.ts';
import { NO_HEADERS } from '../virtual/vendor.ts';
import { type Sent, VirtualWorld } from '../virtual/world.ts';
import { hostsNamed, mayGoTo } from './destination.ts';
import { oneOf } from './draw.ts';
import { inputArbitrary, longestId, MARKS, sessionIds, UNEXPANDED } from './input-arbitrary.ts';
import { loginWords, mistakes, passwords, serverUrls } from './mistakes.ts';
import { type Property, property } from './property.ts';
import { harmless, tight, truthful } from './violation.ts';

const RIGHT: InputValues = {
  mode: '',
  when: 'now',
  'api-version': '2',
  'server-url': 'https://usw3.dm-us.informaticacloud.com/saas',
  'session-id': 'fake4711Session',
  'organization-id': '',
  'oauth-token': '',
  audience: '',
  'session-id-variable': '',
  'server-url-variable': '',
  verify: 'auto',
  'login-url': 'dm-us',
  username: 'someone@example.com',
  password: 'fake-4711-password',
  'timeout-seconds': '60',
  'allow-already-ended': 'false',
  'on-cleanup-failure': 'warn',
  'trusted-hosts': 'idmc.example.com',
  summary: 'true',
};
const POD = 'dm-us.informaticacloud.com';
/** Inputs that are wrong whatever the others are. */
const wrong = fc.record(
  {
    mode: fc.constantFrom('', 'log-out', 'LOGOUT', 'logout,logoutall'),
    when: fc.constantFrom('later', 'Now', 'now job-end'),
    'server-url': oneOf(` dm-us http://${POD} https://a:b@${POD}/saas https://${POD}/saas?x`),
    'session-id': mistakes.map(({ given }) => given),
    'login-url': oneOf(` http://${POD} u@${POD} ${POD}/api dm\tus USW5 null .informaticacloud.com`),
    username: fc.constantFrom('', ' \n', 'None', UNEXPANDED, '$USER', '"someone"'),
    password: fc.constantFrom('', '  ', 'a\nb', UNEXPANDED),
    'timeout-seconds': fc.constantFrom('0', '241', '1.5', '-1', '1e2', '60s'),
    'allow-already-ended': fc.constantFrom('yes', '1', 'truefalse'),
    'on-cleanup-failure': fc.constantFrom('ignore', 'warn or fail'),
    'trusted-hosts': oneOf(`*.example https://${POD} ${POD}:443 a/b a@b ${POD}	${POD}`),
    summary: fc.constantFrom('no', 'false.'),
  },
  { requiredKeys: [] },
);
/** What a mode does not read that shows a credential of this kind. */
const UNREAD = {
  'session-id': ['login-url', 'username', 'password'],
  password: ['server-url', 'session-id'],
};
/** Without a mode neither's are read. */
const UNREAD_WITHOUT_MODE = [...UNREAD['session-id'], ...UNREAD.password];

export const inputProperties: readonly Property[] = [
  property('cases of arbitrary inputs', inputArbitrary(), async (values) => {
    const { run, sent } = await given(values);
    tight(!run.unmasked, 'something came before a secret was masked');
    for (const { call } of sent) {
      harmless(mayGoTo(call.url, values), `credentials went to ${call.url}`);
      expectVeryCredentials(call, values);
    }
    if (isRefused(run)) expectRefused(run, sent);
    else harmless(sent.length + Number(values.when.trim() === 'job-end') === 1, 'not one request');
    await expectNothingRepeated(run, values);
  }),
  property(
    'cases of wrong inputs among right ones',
    fc.record({ mode: fc.constantFrom(...MODES), wrong }),
    async (example) => {
      const { run, sent } = await given({ ...RIGHT, mode: example.mode, ...example.wrong });
      const unread =
        example.wrong.mode === undefined ? UNREAD[KITS[example.mode].sends.main] : UNREAD_WITHOUT_MODE;
      const expected = Object.keys(example.wrong).filter((name) => !unread.includes(name));
      const named = problemsIn(run);
      harmless(named.join() === expected.sort().join(), `named: ${named}; wrong: ${expected}`);
      if (expected.length > 0) expectRefused(run, sent);
      else harmless(resultOf(run) === 'ended' && sent.length === 1, textOf(run));
    },
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
      mode: fc.constantFrom(...MODES),
      when: oneOf('now job-end'),
      problem: oneOf('https_proxy_is HTTPS_PROXY_is'),
    }),
    async ({ mode, when, problem }) => {
      const { run, sent } = await given({ ...RIGHT, mode, when }, { proxyProblems: () => [problem] });
      harmless(textOf(run).endsWith(`\n- ${problem}`), textOf(run));
      harmless(sent.length === 0 && run.state === '', 'something was sent or saved');
    },
  ),
];

const ALL_IS_WELL = {
  kind: 'answer',
  statusCode: 200,
  headers: NO_HEADERS,
  body: { kind: 'complete', text: '', endIsCertain: true },
} as const;

/** The main step with these inputs, at a server that does what it is asked. */
async function given(values: InputValues, options: MainOptions = {}) {
  const world = new VirtualWorld(new VirtualClock(), { meet: async () => ({ delivery: ALL_IS_WELL }) });
  return { run: await playMain(values, world, options), sent: world.sent };
}

function textOf({ report }: MainRun): string {
  return report === 'killed' ? report : report.text;
}

function resultOf({ report }: MainRun): string | undefined {
  return report === 'killed' ? report : report.outputs['result'];
}

function isRefused(run: MainRun): boolean {
  return resultOf(run) === 'failed';
}

function expectRefused(run: MainRun, sent: readonly Sent[]): void {
  const text = textOf(run);
  const [head, ...problems] = text.split('\n');
  const each = problems.every((line) => INPUT_NAMES.some((name) => line.startsWith(`- ${name} `)));
  harmless(head?.startsWith('Wrong inputs') === true && problems.length > 0 && each, text);
  truthful(run.report !== 'killed' && run.report.level === 'error', 'wrong inputs are no failure');
  harmless(sent.length === 0 && run.state === '', 'wrong inputs, and something was sent or saved');
  harmless(
    run.texts.every((said) => [text, 'failed', '0', ''].includes(said)),
    'more was said',
  );
}

function expectVeryCredentials({ headers, body }: Sent['call'], values: InputValues): void {
  for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
  if (values.mode.trim() === 'logout') {
    harmless(headers['icSessionId'] === values['session-id'].trim() && body === '', 'another session id');
    return;
  }
  const { username, password, ...rest } = JSON.parse(body);
  harmless(
    password === values.password.replace(/[\r\n]+$/, ''),
    `another password: ${JSON.stringify(password)}`,
  );
  harmless(username === values.username.trim() && JSON.stringify(rest) === '{"@type":"logout"}', body);
  harmless(!('icSessionId' in headers), 'a session id goes with the password');
}

/** Neither a secret nor what a URL must not have in it stands in a text, unless it stood there anyway. */
async function expectNothingRepeated({ texts }: MainRun, values: InputValues): Promise<void> {
  const hosts = [values['server-url'], values['login-url']].flatMap(hostsNamed).join();
  for (const mark of MARKS.map((text) => text.toLowerCase())) {
    const shown = texts.some((text) => text.toLowerCase().includes(mark));
    tight(!shown || hosts.includes(mark), `${mark} is shown`);
  }
  for (const name of ['session-id', 'password'] as const) {
    const secret = values[name].trim();
    const count = (among: readonly string[]) => among.filter((text) => text.includes(secret)).length;
    if (secret === '' || count(texts) === 0) continue;
    const other = await given({ ...values, [name]: secret.replace(/[^\s$ {]/g, 'Z') });
    tight(count(texts) === count(other.run.texts), `the ${name} is shown`);
  }
}

function problemsIn(run: MainRun): string[] {
  const lines = textOf(run)
    .split('\n')
    .filter((line) => line.startsWith('- '));
  return [...new Set(lines.map((line) => line.split(' ')[1] ?? ''))].sort();
}
