import { type Checked, invalid, valid } from './checked.ts';
import { parseUrl } from './hosts.ts';

/** An HTTP proxy, as the job's environment names it. */
export interface HttpProxy {
  /** Whether the proxy itself is reached over TLS. */
  readonly overTls: boolean;
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** `host:port`, fit to be shown. */
  readonly address: string;
  /** The value of Proxy-Authorization; a secret. */
  readonly authorization: string | undefined;
}

const FORM =
  'give an HTTP proxy, for example http://user:password@proxy.example.com:3128, with https:// if the proxy itself uses TLS; in the ' +
  'user name and password write # as %23, ? as %3F, / as %2F, @ as %40, : as %3A and % as %25';

/**
 * Reads what a variable says of a proxy, as curl does: without a scheme it is http, the last `@` ends the
 * credentials, and a `%` that begins no escape stands for itself. (`URL` takes `proxy.example.com:3128` for a scheme,
 * and a backslash, as in `DOMAIN\user`, for the end of the host.) A problem never repeats the value: it may hold a
 * password.
 */
export function readProxy(variable: string, text: string): Checked<HttpProxy> {
  const [, scheme = 'http', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  const protocol = scheme.toLowerCase();
  const problem = problemWith(protocol, rest);
  if (problem !== undefined) return invalid(`${variable} ${problem}: ${FORM}.`);

  const [, user = '', server = ''] = /^(?:(.*)@)?([^/]*)/.exec(rest) ?? [];
  const [, name = '', digits] = /^(\[.*\]|[^:]*)(?::(\d*))?$/.exec(server) ?? [];
  const host = hostName(name);
  const port = Number(digits || (protocol === 'https' ? 443 : 80));
  if (host === undefined) return invalid(`${variable} has no host, or an invalid host name: ${FORM}.`);
  if (port < 1 || port > 65_535) return invalid(`${variable} has an invalid port: ${FORM}.`);
  return valid({
    overTls: protocol === 'https',
    host: host.replace(/^\[|\]$/g, ''),
    port,
    address: `${host}:${port}`,
    authorization: user === '' ? undefined : basic(user),
  });
}

/** Why a value is not a scheme, optional credentials and a host. */
function problemWith(protocol: string, rest: string): string | undefined {
  if (protocol.startsWith('socks')) return 'names a SOCKS proxy, which is not supported';
  if (protocol !== 'http' && protocol !== 'https') return 'has a scheme other than http and https';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\s\x00-\x1f\x7f]/.test(rest)) return 'contains a space or a control character';
  if (/[#?]/.test(rest)) return 'contains "#" or "?"';
  if (rest.lastIndexOf('@') > rest.indexOf('/') && rest.includes('/')) return 'has "/" before the last "@"';
  return /\/./.test(rest) ? 'has a path' : undefined;
}

/** As `URL` spells it. Names as Docker gives them have underscores. */
function hostName(name: string): string | undefined {
  const host = /[%\\]/.test(name) ? undefined : parseUrl(`http://${name}/`)?.hostname;
  return host !== undefined && /^(\[.+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?)$/.test(host) ? host : undefined;
}

/** RFC 7617, with the colon that a user without a password has too. */
function basic(user: string): string {
  const [name = '', ...password] = user.split(':');
  const credentials = [decoded(name), Buffer.from(':'), decoded(password.join(':'))];
  return `Basic ${Buffer.concat(credentials).toString('base64')}`;
}

/** Returns bytes, because an escape need not be UTF-8. */
function decoded(text: string): Buffer {
  const parts = text.split(/(%[0-9a-f]{2})/i);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))),
  );
}

/** Registered with IANA, or common with proxies. Other names are not shown: a proxy could repeat anything in them. */
const SCHEMES = ['Basic', 'Bearer', 'Digest', 'Kerberos', 'Negotiate', 'NTLM', 'Mutual', 'HOBA'];

/** The known authentication schemes in a `Proxy-Authenticate` header (RFC 9110, 11.6.1), each once; `another scheme` for all others. */
export function schemesIn(header: string): readonly string[] {
  const challenges = header.replace(/"(?:[^"\\]|\\.)*"/g, '').split(',');
  const names = challenges.flatMap(
    (challenge) => /^\s*([^\s=]+)(?:\s+[^\s=]|\s*$)/.exec(challenge)?.[1] ?? [],
  );
  const known = names.map(
    (name) => SCHEMES.find((scheme) => scheme.toLowerCase() === name.toLowerCase()) ?? 'another scheme',
  );
  return [...new Set(known)];
}

/** What makes an entry of `no_proxy` match no host: the toolkit compares it as it is. */
const NO_EFFECT: readonly (readonly [RegExp, string])[] = [
  [/\s/, 'a space'],
  [/;/, '";"'],
  [/:\/\//, 'a scheme'],
  [/\.(?::\d+)?$/, 'a dot at the end'],
  [/.\*|\*./, '"*" and more'],
];

/** A line about entries that match no host. It does not repeat them. */
export function noProxyNotes(variable: string, text: string): readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  const found = NO_EFFECT.filter(([form]) => entries.some((entry) => form.test(entry))).map(
    ([, what]) => what,
  );
  return found.length === 0
    ? []
    : [
        `${variable} has entries with ${found.join(' and ')}, which have no effect: separate host names by commas, for example example.com,.example.org.`,
      ];
}
