import * as fc from 'fast-check';
import { readProxy } from '../../src/inputs/proxy.ts';
import { oneOf, weighted } from './draw.ts';
import { type Property, property } from './property.ts';
import { harmless, tight } from './violation.ts';

/** In every password, and never in a message. */
const MARK = 'Pr0xyMark';

const variable = oneOf('https_proxy HTTPS_PROXY http_proxy');
const host = oneOf('proxy.example.com proxy my_proxy 10.0.0.1 [::1] Proxy.Example.com.');
const blank = oneOf('  \t \n \r\n').map((given) => given || ' ');
/** Characters of a password, and their forms in the variable. */
const character = weighted<readonly [string, string]>(
  [4, fc.stringMatching(/^[A-Za-z0-9._~-]$/).map((char) => [char, char] as const)],
  [2, fc.constantFrom(['%', '%'], ['%', '%25'], ['@', '@'], ['@', '%40'], ['#', '%23'], ['?', '%3F'])],
  [
    2,
    fc.constantFrom(
      ['/', '%2F'],
      [' ', '%20'],
      ['ß', 'ß'],
      ['ß', '%C3%9F'],
      ['\\', '\\'],
      ['!', '!'],
      [':', ':'],
    ),
  ],
);
const word = fc.array(character, { maxLength: 8 });
const right = fc.record({
  variable,
  scheme: oneOf(' http:// HTTP:// https://'),
  user: fc.option(oneOf('user DOMAIN\\user a.b'), { nil: undefined }),
  password: word,
  host,
  port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
  slash: oneOf(' /'),
  blank,
});

const wrong = fc.record({
  variable,
  given: oneOf(
    `socks5://user:${MARK}@proxy:1080 socks://proxy socks5h://proxy:1080 ftp://u:${MARK}@proxy http://u:${MARK}#x@proxy ` +
      `http://u:${MARK}?@proxy http://u:${MARK}/x@proxy:3128 http://proxy/path/${MARK} http://u:${MARK}@proxy:x ` +
      `http://u:${MARK}@proxy:70000 http://u:${MARK}@proxy:0 http://u:${MARK}@ http://${MARK}!host:3128 u:${MARK}@a,b:1 http://u:${MARK}@[::1 ` +
      `http://u:${MARK}\n@proxy:1`,
  ),
});

export const proxyProperties: readonly Property[] = [
  property('cases of proxies that can be used', right, async (parts) => {
    const text = parts.password.map(([, written]) => written).join('');
    const password = `${MARK}${parts.password.map(([meant]) => meant).join('')}`;
    fc.pre(!startsEscape(parts.password));
    const credentials = parts.user === undefined ? '' : `${parts.user}:${MARK}${text}@`;
    const port = parts.port === undefined ? '' : `:${parts.port}`;
    const given = `${parts.scheme}${credentials}${parts.host}${port}${parts.slash}`;
    const read = readProxy(parts.variable, `${parts.blank}${given}${parts.blank}`);
    harmless(read.ok, `refused: ${read.ok ? '' : read.problems}`);
    if (!read.ok) return;
    const { overTls, authorization, address } = read.value;
    const expected = `Basic ${Buffer.from(`${parts.user}:${password}`).toString('base64')}`;
    const secure = parts.scheme.toLowerCase() === 'https://';
    harmless(overTls === secure, 'TLS to the proxy, or none');
    harmless(read.value.port === (parts.port ?? (secure ? 443 : 80)), `port ${read.value.port}`);
    harmless(read.value.host === parts.host.toLowerCase().replace(/^\[|\]$/g, ''), `host ${read.value.host}`);
    harmless(authorization === (parts.user === undefined ? undefined : expected), `${authorization}`);
    tight(!address.includes(MARK), `shown: ${address}`);
  }),
  property('cases of proxies that cannot be used', wrong, async ({ variable, given }) => {
    const read = readProxy(variable, given);
    harmless(!read.ok, 'taken for a proxy');
    if (read.ok) return;
    for (const problem of read.problems) {
      harmless(problem.startsWith(`${variable} `), problem);
      tight(!problem.includes(MARK), `shown: ${problem}`);
    }
  }),
];

/** A bare `%` before what makes an escape of it. */
function startsEscape(password: readonly (readonly [string, string])[]): boolean {
  return /%[0-9a-f]{2}/i.test(password.map(([, written]) => (written.length > 1 ? '_' : written)).join(''));
}
