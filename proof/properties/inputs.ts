import { validateHeaderValue } from 'node:http';
import * as fc from 'fast-check';
import { INPUT_NAMES, type InputValues } from '../../src/inputs/values.ts';
import { hostsNamed, mayGoTo } from './destination.ts';
import { oneOf } from './draw.ts';
import { inputArbitrary, MARKS, UNEXPANDED } from './input-arbitrary.ts';
import type { Mode } from './meaning.ts';
import { type Property, property } from './property.ts';
import { type MainRun, playMain } from './steps.ts';
import { harmless, tight, truthful } from './violation.ts';
import { type Sent, VirtualWorld } from './virtual-world.ts';

const RIGHT: InputValues = {
  mode: '',
  when: 'now',
  'server-url': 'https://usw3.dm-us.informaticacloud.com/saas',
  'session-id': 'fake-4711-session',
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
    'session-id': fc.constantFrom('', ' ', 'null', '"fake"', UNEXPANDED, 'a\nb', 'ā'),
    'login-url': oneOf(` http://${POD} u@${POD} ${POD}/saas dm\tus`),
    username: fc.constantFrom('', ' \n'),
    password: fc.constantFrom('', '  '),
    'timeout-seconds': fc.constantFrom('0', '241', '1.5', '-1', '1e2', '60s'),
    'allow-already-ended': fc.constantFrom('yes', '1', 'truefalse'),
    'on-cleanup-failure': fc.constantFrom('ignore', 'warn or fail'),
    'trusted-hosts': oneOf(`*.example https://${POD} ${POD}:443 a/b a@b ${POD}	${POD}`),
    summary: fc.constantFrom('no', 'false.'),
  },
  { requiredKeys: [] },
);
const READ_BY_OTHER_MODE = {
  logout: ['login-url', 'username', 'password'],
  logoutall: ['server-url', 'session-id'],
};
/** Without a mode neither's are read. */
const READ_BY_A_MODE = [...READ_BY_OTHER_MODE.logout, ...READ_BY_OTHER_MODE.logoutall];

export const inputProperties: readonly Property[] = [
  property('cases of arbitrary inputs', inputArbitrary(), async (values) => {
    const world = new VirtualWorld();
    const run = await playMain(values, world);
    tight(!run.unmasked, 'something came before a secret was masked');
    for (const { call } of world.sent) {
      harmless(mayGoTo(call.url, values), `credentials went to ${call.url}`);
      expectVeryCredentials(call, values);
    }
    if (run.report.outputs.result === 'failed') expectRefused(run, world);
    else harmless(world.sent.length + Number(values.when.trim() === 'job-end') === 1, 'not one request');
    await expectNothingRepeated(run, values);
  }),
  property(
    'cases of wrong inputs among right ones',
    fc.record({ mode: fc.constantFrom<Mode[]>('logout', 'logoutall'), wrong }),
    async (example) => {
      const world = new VirtualWorld();
      const run = await playMain({ ...RIGHT, mode: example.mode, ...example.wrong }, world);
      const unread = example.wrong.mode === undefined ? READ_BY_OTHER_MODE[example.mode] : READ_BY_A_MODE;
      const expected = Object.keys(example.wrong).filter((name) => !unread.includes(name));
      const named = problemsIn(run);
      harmless(named.join() === expected.sort().join(), `named: ${named}; wrong: ${expected}`);
      if (expected.length > 0) expectRefused(run, world);
      else harmless(run.report.outputs.result === 'ended' && world.sent.length === 1, run.report.text);
    },
  ),
];

function expectRefused({ report, saved, texts }: MainRun, { sent }: VirtualWorld): void {
  const [head, ...problems] = report.text.split('\n');
  const each = problems.every((line) => INPUT_NAMES.some((name) => line.startsWith(`- ${name} `)));
  harmless(head?.startsWith('Wrong inputs') === true && problems.length > 0 && each, report.text);
  truthful(report.level === 'error', 'wrong inputs are no failure');
  harmless(sent.length === 0 && saved.length === 0, 'wrong inputs, and something was sent or saved');
  harmless(
    texts.every((text) => [report.text, 'failed', '0', ''].includes(text)),
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
  harmless(password === values.password, `another password: ${JSON.stringify(password)}`);
  harmless(username === values.username.trim() && JSON.stringify(rest) === '{"@type":"logout"}', body);
  harmless(!('icSessionId' in headers), 'a session id goes with the password');
}

/** Neither a secret nor what a URL must not have in it stands in a text, unless it stood there anyway. */
async function expectNothingRepeated({ texts }: MainRun, values: InputValues): Promise<void> {
  const hosts = [values['server-url'], values['login-url']].flatMap(hostsNamed).join();
  for (const mark of MARKS.map((given) => given.toLowerCase())) {
    const shown = texts.some((text) => text.toLowerCase().includes(mark));
    tight(!shown || hosts.includes(mark), `${mark} is shown`);
  }
  for (const name of ['session-id', 'password'] as const) {
    const secret = values[name].trim();
    const count = (among: readonly string[]) => among.filter((text) => text.includes(secret)).length;
    if (secret === '' || count(texts) === 0) continue;
    const other = { ...values, [name]: secret.replace(/[^\s$ {]/g, 'Z') };
    const without = await playMain(other, new VirtualWorld());
    tight(count(texts) === count(without.texts), `the ${name} is shown`);
  }
}

function problemsIn({ report }: MainRun): string[] {
  const lines = report.text.split('\n').filter((line) => line.startsWith('- '));
  return [...new Set(lines.map((line) => line.split(' ')[1] ?? ''))].sort();
}
