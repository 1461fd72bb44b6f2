import * as fc from 'fast-check';
import { oneOf } from './draw.ts';
import { sessionIds, UNEXPANDED } from './input-arbitrary.ts';

/** A text that is not a session ID, the message about it, and the id in it that must be masked. */
export interface Mistake {
  readonly given: string;
  readonly named: RegExp;
  readonly id: string | undefined;
}

const of =
  (named: RegExp) =>
  (given: fc.Arbitrary<string>): fc.Arbitrary<Mistake> =>
    given.map((text) => ({ given: text, named, id: undefined }));
const withId = (named: RegExp, around: (id: string) => string): fc.Arbitrary<Mistake> =>
  sessionIds.map((id) => ({ given: around(id), named, id }));

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/);
const user = '"@type":"user","name":"someone@example.com","serverUrl":"https://x.informaticacloud.com/saas"';

/** Each mistake that scripts make between a login and this input. */
export const mistakes: fc.Arbitrary<Mistake> = fc.oneof(
  of(/missing field/)(oneOf('None none null Null nil <nil> undefined UNDEFINED')),
  of(/masked/)(oneOf('*** **** ********')),
  of(/not expanded/)(name.map((text) => `$${text}`)),
  of(/not expanded/)(name.map((text) => `\${${text}}`)),
  of(/not expanded/)(name.map((text) => `%${text}%`)),
  of(/not expanded/)(name.map((text) => `\${ ${text} }`)),
  of(/not expanded/)(fc.constantFrom(UNEXPANDED, `$${'{{'} env.ID }}`)),
  of(/is missing/)(oneOf('  \t \n')),
  of(/several words/)(oneOf('login_failed,_try_again').map(() => 'login failed, try again')),
  of(/too short/)(
    fc.stringMatching(/^[A-Z0-9]{1,11}$/).filter((text) => !/^(NULL|NONE|NIL|NAN|N\/A)$/.test(text)),
  ),
  of(/too long/)(sessionIds.map((id) => id.replace(/=+$/, '').repeat(1_400).slice(0, 16_001))),
  of(/no session ID/)(sessionIds.map((id) => `${id}é`)),
  of(/does not look like/)(fc.stringMatching(/^[a-z]{12,30}$/).filter((text) => text !== 'undefined')),
  withId(/header/, (id) => `Bearer ${id}`),
  withId(/header/, (id) => `icSessionId: ${id}`),
  withId(/header/, (id) => `INFA-SESSION-ID: ${id}`),
  withId(/JSON/, (id) => `{${user},"icSessionId":"${id}"}`),
  withId(/JSON/, (id) => `{"userInfo":{"sessionId": "${id}"}}`),
  withId(/quotes/, (id) => `"${id}"`),
  withId(/quotes/, (id) => `'${id}'`),
);

/** What users give as `login-url`, and the host that it means; undefined if it is invalid. */
export const loginWords: fc.Arbitrary<{ readonly given: string; readonly host: string | undefined }> =
  fc.oneof(
    fc
      .tuple(fc.stringMatching(/^[a-z]{2}-[a-z]{2,4}$/), oneOf(' /'))
      .map(([word, slash]) => ({ given: word + slash, host: `${word}.informaticacloud.com` })),
    fc
      .tuple(
        oneOf('dm-us dm-em dm1-us usw5.dm-us'),
        oneOf(' https://'),
        oneOf(
          '/ /ma /ma/home /ma/api/v2/user/login /ma/api/v2/user/logoutall /saas /saas/public/core/v3/login ' +
            '/identity-service/home /identity-service/api/v1/Login?redirect=x',
        ),
      )
      .map(([host, scheme, path]) => ({
        given: `${scheme}${host}.informaticacloud.com${path}`,
        host: `${host}.informaticacloud.com`,
      })),
    fc
      .oneof(
        oneOf('USW5 usw3 NAE1 null None nil informatica us'),
        oneOf(
          '.informaticacloud.com a;.informaticacloud.com -a.informaticacloud.com a_b.informaticacloud.com a..informaticacloud.com',
        ),
        oneOf(
          'dm-us.informaticacloud.com/api dm-us.informaticacloud.com/Ma2 https://dm-us.informaticacloud.com/cloudUI/',
        ),
      )
      .map((given) => ({ given, host: undefined })),
  );

/** What users give as `server-url`, and the start of the request's URL; undefined if it is an error. */
export const serverUrls: fc.Arbitrary<{ readonly given: string; readonly base: string | undefined }> = fc
  .tuple(
    oneOf(
      'https://usw3.dm-us.informaticacloud.com https://na1.informaticaondemand.com https://idmc.example.com http://127.0.0.1:8080',
    ),
    oneOf('  / /saas /saas/ /ma /saas/api /a/b /saas/api/v2/user/logout /saas/public/core/v3/login'),
    oneOf('  ?x=1 #top'),
  )
  .map(([origin, path, more]) => {
    const own = /informatica/.test(origin);
    const good = more === '' && !/log(in|out)$/.test(path) && (!own || /^(\/?|\/saas\/?)$/.test(path));
    return {
      given: origin + path + more,
      base: good ? origin + (path.replace(/\/+$/, '') || '/saas') : undefined,
    };
  });

/** What users give as `password`, and what is sent; undefined if it is an error. */
export const passwords: fc.Arbitrary<{ readonly given: string; readonly sent: string | undefined }> =
  fc.oneof(
    fc
      .tuple(
        fc
          .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 })
          .filter((text) => text.trim() !== '' && !text.includes('${{')),
        oneOf('  \r \n \r\n \n\n'),
        oneOf('   \u00a0').map((blank) => blank || ' '),
      )
      .map(([word, end, blank]) => ({
        given: `${blank}${word}${blank}${end}`,
        sent: `${blank}${word}${blank}`,
      })),
    fc
      .oneof(oneOf('a\nb a\r\nb\n \n \r\n'), fc.constantFrom('', '  ', UNEXPANDED, `a${UNEXPANDED}b`))
      .map((given) => ({ given, sent: undefined })),
  );
