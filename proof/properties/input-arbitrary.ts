import * as fc from 'fast-check';
import type { InputValues } from '../../src/inputs/values.ts';
import { oneOf, weighted, words } from './draw.ts';

/** In the user info and the query of URLs. No text may repeat them. */
export const MARKS = ['UserInfo4711', 'QueryMark4711'] as const;
/** An expression that the runner did not expand. (In a plain string a linter takes it for a slip.) */
export const UNEXPANDED = `$${'{{'}secrets.ID}}`;

const [USER, QUERY] = MARKS;
const DOMAINS = 'informaticacloud.com informaticaondemand.com informaticagovcloud.com';
/** What URLs that nearly are right are put together from. */
const TOKENS = words(
  `${DOMAINS} dm-us evil example com localhost 127.0.0.1 [::1] [::ffff:127.0.0.1] 2130706433 0x7f.1 saas ma ` +
    '. 。 ． %2e %2E% @ %40 # ? / // \\ %2f : :443 :8080 .. - * % ｃｏｍ ı ß İ ℀ \t \n \r \0 \u00a0 \u00ad \u200b \ufeff ' +
    `\u202e \ud800 https:// http:// HTTPS: ftp:// data: /api/v2/user/logout ${USER} ${QUERY} ${UNEXPANDED}`,
);
const HOSTS = words(
  `${DOMAINS} dm-us.informaticacloud.com USW3.dm-us.InformaticaCloud.com a.b.informaticagovcloud.com dm-us ` +
    'idmc.example.com sub.idmc.example.com localhost localhost. localhost.evil.example 127.0.0.1 127.1 127.0.0.1. ' +
    '127.0.0.1.evil.example 128.0.0.1 0x7f000001 0 169.254.169.254 [::1] [0:0::1] [::1%25lo] [::ffff:127.0.0.1] ' +
    'informaticacloud.com. informaticacloud.com.evil.example evilinformaticacloud.com informaticacloud.co cloud.com ' +
    'evil.example evil.example#.informaticacloud.com evil.example?.informaticacloud.com evil.example@informaticacloud.com ' +
    'informaticacloud.com@evil.example evil.example\\.informaticacloud.com evil.example%2f.informaticacloud.com ' +
    'ınformaticacloud.com informaticacloud。com com ',
);
const good = oneOf(
  'https://dm-us.informaticacloud.com https://usw3.informaticaondemand.com/saas http://localhost:8080',
);
const token = fc.constantFrom(...TOKENS);
const host = fc.constantFrom(...HOSTS);
const soup = fc.array(token, { maxLength: 8 }).map((tokens) => tokens.join(''));
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme' }),
  soup,
);

const built = fc
  .tuple(
    oneOf('https:// https:// https:// http:// HTTPS:// https: https:/ ftp:// // '),
    oneOf(`     @ :@ ${USER}@ a:${USER}@ ${USER}%40`),
    host,
    oneOf('    :443 :8443 :80 : :0 :65536 :x'),
    oneOf('  / /saas /saas/ /ma/home //evil.example /../.. /saas/api/v2/user/logout /%2e%2e'),
    oneOf(`     ?${QUERY} #${QUERY} ?q=${QUERY}# ? #`),
  )
  .map((parts) => parts.join(''));
const mutated = fc
  .tuple(fc.oneof(good, built), fc.nat(60), fc.nat(2), fc.oneof(token, anyText))
  .map(([url, at, less, more]) => url.slice(0, at) + more + url.slice(at + less));

/** URLs: good, bad and nearly good. */
export const urls = weighted([4, built], [8, good], [3, mutated], [1, soup], [1, anyText]);

/** Mostly one of some values, sometimes with something added or in capitals, rarely any text. */
function mostly(accepted: string): fc.Arbitrary<string> {
  const word = oneOf(accepted);
  const varied = fc.tuple(word, oneOf('\u2003 \n \u00a0 x \0')).map(([given, more]) => given + more);
  return weighted([96, word], [2, varied], [1, word.map((given) => given.toUpperCase())], [1, anyText]);
}

const ascii = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 });
const latin1 = fc.string({ unit: fc.nat(0xff).map((code) => String.fromCharCode(code)), maxLength: 30 });

/** By the shapes that the vendor's ids have had. */
export const sessionIds = fc.oneof(
  fc.stringMatching(/^[0-9a-zA-Z]{18,32}$/).filter((id) => /[A-Z0-9]/.test(id)),
  fc.uuid(),
  fc.stringMatching(/^eyJ[\w-]{12,60}\.[\w-]{20,200}\.[\w-]{12,60}={0,2}$/),
  fc.stringMatching(/^[A-Z0-9][\w.~+/-]{11,60}$/),
);
/** The longest that there can be. */
export const longestId = sessionIds.map((id) => id.replace(/=+$/, '').repeat(900).slice(0, 16_000));

const secrets = weighted(
  [6, sessionIds],
  [3, ascii],
  [2, latin1],
  [2, anyText],
  [1, oneOf(` \n ${UNEXPANDED} None null *** $X a\r\nicSessionId:b x\ty ::warning:: right\r`)],
  [1, longestId],
);
const trusted = oneOf('idmc.example.com x.example,IDMC.example.com, \nidmc.example.com\r\n\n');

const tokens = fc.stringMatching(/^eyJ[\w-]{8,20}\.[\w-]{8,40}\.[\w-]{8,20}$/);
const sessionVariables = mostly('       SESSION_ID sessionId ICS_SID PATH');
const urlVariables = mostly('       IICS_POD_URL serverUrl POD 9a');

/** All inputs, whatever a user may write; where the URLs come from may be chosen. */
export function inputArbitrary(url: fc.Arbitrary<string> = urls): fc.Arbitrary<InputValues> {
  return fc
    .record({
      mode: mostly('logout logoutall login'),
      when: mostly('now now job-end '),
      'server-url': url,
      'api-version': mostly('  2 v2 2 v2 3 v3'),
      'organization-id': mostly('    000001 aBcDeFgHiJkLmNoPqRsTuV'),
      'oauth-token': weighted([4, fc.constant('')], [2, tokens], [1, anyText]),
      audience: mostly('    https://dm-us.informaticacloud.com/000001 $AUD'),
      'session-id-variable': sessionVariables,
      'server-url-variable': urlVariables,
      'access-token': fc.constant(''),
      'access-token-variable': fc.constant(''),
      verify: mostly('   auto auto always never'),
      'session-id': secrets,
      'login-url': fc.oneof(url, host),
      username: weighted([4, ascii], [1, anyText]),
      password: secrets,
      'timeout-seconds': mostly(' 60 1 240'),
      'allow-already-ended': mostly(' true false'),
      'on-cleanup-failure': mostly(' warn fail'),
      'trusted-hosts': weighted([4, fc.constant('')], [2, trusted], [1, host], [1, soup]),
      summary: mostly(' true false'),
      draw: fc.nat(11),
    })
    .map(({ draw, ...given }) => {
      if (given.mode.trim() !== 'login') {
        // Inputs of a login are rare in other modes, and version 3 is given only to modes that have it.
        const version =
          given.mode.trim() === 'logout' ? given['api-version'] : rarely(given['api-version'], draw);
        return {
          ...given,
          'api-version': version,
          verify: rarely(given.verify, draw),
          'organization-id': rarely(given['organization-id'], draw),
        };
      }
      // Two auth methods are rarely given together.
      if (draw < 8) return { ...given, 'oauth-token': rarely(given['oauth-token'], draw) };
      const byToken = {
        ...given,
        username: '',
        password: '',
        'api-version': rarely(given['api-version'], draw),
      };
      return { ...byToken, 'organization-id': given['organization-id'] || '000001' };
    });
}

/** The text, or mostly none. */
function rarely(text: string, draw: number): string {
  return draw === 0 ? text : '';
}
