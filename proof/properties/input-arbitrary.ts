import { type Arbitrary, array, constant, constantFrom, nat, oneof, record, string, tuple } from 'fast-check';
import type { InputValues } from '../../src/inputs/values.ts';

/** Stand in the user info and the query of URLs: no text may repeat them. */
export const MARKS = ['UserInfo4711', 'QueryMark4711'] as const;

const [USER, QUERY] = MARKS;
/** An expression that the runner did not expand: linters take it for a slip in a plain string. */
export const UNEXPANDED = `$${'{{'} secrets.ID }}`;
const words = (text: string) => text.split(' ');
const DOMAINS = words('informaticacloud.com informaticaondemand.com informaticagovcloud.com');
/** What URLs that nearly are right are put together from. */
const TOKENS = [
  ...DOMAINS,
  ...words('dm-us evil example com localhost 127.0.0.1 [::1] [::ffff:127.0.0.1] 2130706433 0x7f.1 saas ma'),
  ...words('. 。 ． %2e %2E% @ %40 # ? / // \\ %2f : :443 :8080 .. - * % ｃｏｍ ı ß İ ℀ }}'),
  UNEXPANDED,
  ...words('\t \n \r \0 \u00a0 \u00ad \u200b \ufeff \u202e \ud800'),
  ...words(`https:// http:// HTTPS: ftp:// data: /api/v2/user/logout ${USER} ${QUERY}`),
];
const HOSTS = [
  ...DOMAINS,
  ...words(
    'dm-us.informaticacloud.com USW3.dm-us.InformaticaCloud.com a.b.informaticagovcloud.com idmc.example.com',
  ),
  ...words(
    'localhost 127.0.0.1 127.1 [::1] [0:0::1] 0x7f000001 127.0.0.1. localhost. 128.0.0.1 [::ffff:127.0.0.1]',
  ),
  ...words(
    'informaticacloud.com.evil.example evilinformaticacloud.com informaticacloud.com. sub.idmc.example.com',
  ),
  ...words(
    'evil.example evil.example#.informaticacloud.com evil.example\\.informaticacloud.com ınformaticacloud.com',
  ),
  ...words(
    'evil.example?.informaticacloud.com informaticacloud.com@evil.example evil.example@informaticacloud.com',
  ),
  ...words(
    'informaticacloud。com evil.example%2f.informaticacloud.com localhost.evil.example 127.0.0.1.evil.example',
  ),
  ...words('[::1%25lo] 0 169.254.169.254 com informaticacloud.co cloud.com dm-us '),
];
const GOOD = words(
  'https://dm-us.informaticacloud.com https://usw3.informaticaondemand.com/saas http://localhost:8080',
);

const soup = array(constantFrom(...TOKENS), { maxLength: 8 }).map((tokens) => tokens.join(''));
export const anyText = oneof(string({ unit: 'binary', maxLength: 60 }), string({ unit: 'grapheme' }), soup);

const built = tuple(
  constantFrom(...words('https:// https:// https:// http:// HTTPS:// https: https:/ ftp:// // ')),
  constantFrom(...words(`     @ :@ ${USER}@ a:${USER}@ ${USER}%40`)),
  constantFrom(...HOSTS),
  constantFrom(...words('    :443 :8443 :80 : :0 :65536 :x')),
  constantFrom(...words('  / /saas /saas/ /ma/home //evil.example /../.. /saas/api/v2/user/logout /%2e%2e')),
  constantFrom(...words(`     ?${QUERY} #${QUERY} ?q=${QUERY}# ? #`)),
).map((parts) => parts.join(''));
const mutated = tuple(
  oneof(constantFrom(...GOOD), built),
  nat(60),
  nat(2),
  oneof(constantFrom(...TOKENS), anyText),
).map(([url, at, less, more]) => url.slice(0, at) + more + url.slice(at + less));

/** URLs: good, bad and nearly good. */
export const urls = oneof(
  { weight: 4, arbitrary: built },
  { weight: 3, arbitrary: constantFrom(...GOOD) },
  { weight: 3, arbitrary: mutated },
  { weight: 1, arbitrary: soup },
  { weight: 1, arbitrary: anyText },
);

/** Mostly one of some words, now and then with something added or in capitals, and seldom anything at all. */
function mostly(...accepted: readonly string[]): Arbitrary<string> {
  const word = constantFrom(...accepted);
  const varied = tuple(word, constantFrom(' ', '\n', '\u00a0', 'x', '\0')).map(
    ([given, more]) => given + more,
  );
  return oneof(
    { weight: 48, arbitrary: word },
    { weight: 2, arbitrary: varied },
    { weight: 1, arbitrary: word.map((given) => given.toUpperCase()) },
    { weight: 1, arbitrary: anyText },
  );
}

const ascii = string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 });
const latin1 = string({ unit: nat(0xff).map((code) => String.fromCharCode(code)), maxLength: 30 });
const secrets = oneof(
  { weight: 6, arbitrary: ascii },
  { weight: 2, arbitrary: latin1 },
  { weight: 2, arbitrary: anyText },
  {
    weight: 1,
    arbitrary: constantFrom('', '\n', UNEXPANDED, 'a\r\nicSessionId:b', 'x\ty', '::warning::'),
  },
  { weight: 1, arbitrary: ascii.map((text) => text.repeat(400).slice(0, 16_001)) },
);
const trustedHosts = oneof(
  { weight: 4, arbitrary: constant('') },
  {
    weight: 2,
    arbitrary: constantFrom('idmc.example.com', 'x.example,IDMC.example.com ', '\nidmc.example.com\n\n'),
  },
  { weight: 1, arbitrary: constantFrom(...HOSTS) },
  { weight: 1, arbitrary: soup },
);

/** All inputs, whatever a user may write; where the URLs come from may be chosen. */
export function inputArbitrary(url: Arbitrary<string> = urls): Arbitrary<InputValues> {
  return record({
    mode: mostly('logout', 'logoutall'),
    when: mostly('now', 'now', 'job-end', ''),
    'server-url': url,
    'session-id': secrets,
    'login-url': oneof(url, constantFrom(...HOSTS)),
    username: oneof({ weight: 4, arbitrary: ascii }, anyText),
    password: secrets,
    'timeout-seconds': mostly('', '60', '1', '240'),
    'allow-already-ended': mostly('', 'true', 'false'),
    'on-cleanup-failure': mostly('', 'warn', 'fail'),
    'trusted-hosts': trustedHosts,
    summary: mostly('', 'true', 'false'),
  });
}
