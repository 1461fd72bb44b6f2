import { isIP } from 'node:net';
import { type Checked, invalid, valid } from './checked.ts';
import { parseUrl } from './parse-url.ts';

/** Whose a host is, or `undefined` where no credentials may be sent to it. */
export type HostOwner = 'informatica' | 'loopback' | 'trusted';

/** Decides whether credentials may be sent to a host name, as `URL.hostname` spells it. */
export type TrustedHosts = (hostname: string) => HostOwner | undefined;

export const INFORMATICA_DOMAINS = [
  'informaticacloud.com',
  'informaticaondemand.com',
  'informaticagovcloud.com',
];

/**
 * The hosts that credentials may go to: Informatica's domains with all that is below them, loopback, and the
 * exact names of `trusted-hosts`, one a line or comma-separated.
 */
export function readTrustedHosts(given: string): Checked<TrustedHosts> {
  const entries = given
    .split(/[\n,]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const names = entries.map(hostName);
  if (names.includes(undefined)) {
    return invalid(
      'trusted-hosts has an entry that is not a host name: ' +
        'give exact names as in idmc.example.com, one a line or comma-separated, without https://, port, path or wildcard.',
    );
  }
  return valid((hostname) => {
    if (isLoopback(hostname)) return 'loopback';
    if (INFORMATICA_DOMAINS.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`))) {
      return 'informatica';
    }
    return names.includes(hostname) ? 'trusted' : undefined;
  });
}

/** 127.0.0.0/8, `::1` and `localhost`: the only hosts that plain http is accepted for. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Whether every label of a host name, as `URL.hostname` spells it, is one that DNS knows (RFC 1123), or the host is an address. */
export function isHostName(hostname: string): boolean {
  if (isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) return true;
  return hostname.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
}

function hostName(entry: string): string | undefined {
  const url = /[\s/\\?#@*%]/.test(entry) ? null : parseUrl(`https://${entry}`);
  return url !== null && url.port === '' && !/:\d*$/.test(entry.replace(/\[.*\]/, ''))
    ? url.hostname
    : undefined;
}
