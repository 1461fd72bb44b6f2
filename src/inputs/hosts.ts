import { isIP } from 'node:net';
import { type Checked, invalid, valid } from './checked.ts';

/** Who a host belongs to. */
export type HostOwner = 'informatica' | 'loopback' | 'trusted';

/** Who a host name, spelt as in `URL.hostname`, belongs to; undefined if no credentials may be sent to it. */
export type TrustedHosts = (hostname: string) => HostOwner | undefined;

export const INFORMATICA_DOMAINS = [
  'informaticacloud.com',
  'informaticaondemand.com',
  'informaticagovcloud.com',
];

/** Credentials may go to Informatica's domains and their subdomains, to loopback, and to the exact names in `trusted-hosts`. */
export function readTrustedHosts(given: string): Checked<TrustedHosts> {
  const entries = given
    .split(/[\n,]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const names = entries.map(hostName);
  if (names.includes(undefined)) {
    return invalid(
      'trusted-hosts has an entry that is not a host name: ' +
        'give exact names, for example idmc.example.com, one per line or separated by commas, without https://, port, path or wildcard.',
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

/** 127.0.0.0/8, `::1` and `localhost`: the only hosts for which plain http is accepted. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Whether a host is an address, or a name whose labels are all valid in DNS (RFC 1123). */
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

/** Parses a URL; null if it is none. (`URL.parse` came with Node 22.1; `URL.canParse` sometimes errs on Node 20.) */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
