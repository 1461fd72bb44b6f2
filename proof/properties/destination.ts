import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { InputValues } from '../../src/inputs/values.ts';

/**
 * Where credentials may go, written from the issues and without a look at `src/inputs`: https to Informatica's
 * domains by their labels, or to an exact name of `trusted-hosts`; loopback; and only where the inputs say.
 */
export function mayGoTo(url: URL, inputs: InputValues): boolean {
  const { input, path } = targetOf(inputs);
  const plain = url.username + url.password + url.search + url.hash === '' && url.pathname.endsWith(path);
  const named = hostsNamed(inputs[input]).includes(url.host);
  const safe = isLoopback(url.hostname)
    ? url.protocol === 'https:' || url.protocol === 'http:'
    : url.protocol === 'https:' && isTrusted(url.hostname, inputs['trusted-hosts']);
  return plain && named && safe;
}

/** The input that names the host of a mode's request, and the path there. */
function targetOf(inputs: InputValues): {
  readonly input: 'server-url' | 'login-url';
  readonly path: string;
} {
  const isVersion3 = /^v?3$/i.test(inputs['api-version'].trim());
  switch (inputs.mode.trim()) {
    case 'logout':
      if (!isVersion3) return { input: 'server-url', path: '/api/v2/user/logout' };
      return {
        input: inputs['login-url'].trim() === '' ? 'server-url' : 'login-url',
        path: '/public/core/v3/logout',
      };
    case 'logoutall':
      return { input: 'login-url', path: '/ma/api/v2/user/logoutall' };
    default: {
      const byToken = inputs.username.trim() + inputs.password.trim() === '';
      const version2 = byToken ? '/ma/api/v2/user/loginOAuth' : '/ma/api/v2/user/login';
      return { input: 'login-url', path: isVersion3 ? '/saas/public/core/v3/login' : version2 };
    }
  }
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
