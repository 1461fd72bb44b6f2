import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { InputValues } from '../../src/inputs/values.ts';

/**
 * Where credentials may go, written from the issue and without a look at `src/inputs`: https to Informatica's
 * domains by their labels, or to an exact name of `trusted-hosts`; loopback; and only where the inputs say.
 */
export function mayGoTo(url: URL, inputs: InputValues): boolean {
  const logout = inputs.mode.trim() === 'logout';
  const path = logout ? '/api/v2/user/logout' : '/ma/api/v2/user/logoutall';
  const plain = url.username + url.password + url.search + url.hash === '' && url.pathname.endsWith(path);
  const named = hostsNamed(logout ? inputs['server-url'] : inputs['login-url']).includes(url.host);
  const safe = isLoopback(url.hostname)
    ? url.protocol === 'https:' || url.protocol === 'http:'
    : url.protocol === 'https:' && isTrusted(url.hostname, inputs['trusted-hosts']);
  return plain && named && safe;
}

const DOMAINS = ['informaticacloud', 'informaticaondemand', 'informaticagovcloud'];

function isTrusted(hostname: string, trustedHosts: string): boolean {
  const [top, domain = ''] = hostname.split('.').reverse();
  const exact = trustedHosts.split(/[\n,]/).map((entry) => domainToASCII(entry.trim()));
  return (top === 'com' && DOMAINS.includes(domain)) || exact.includes(hostname);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return hostname === 'localhost' || (isIP(address) > 0 && LOOPBACK.check(address, family));
}

/** The hosts that an input can mean: of a URL, of a URL without its scheme, or of a region's short name. */
export function hostsNamed(given: string): string[] {
  const text = given.trim();
  return [text, `https://${text}`, `https://${text.replace('/', '')}.informaticacloud.com`].flatMap(hostOf);
}

// `URL.canParse` of Node 20 errs on some strings once it is optimized.
function hostOf(text: string): string[] {
  try {
    return [new URL(text).host];
  } catch {
    return [];
  }
}
