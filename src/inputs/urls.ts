import { type Checked, invalid, valid } from './checked.ts';
import { INFORMATICA_DOMAINS, isLoopback, type TrustedHosts } from './hosts.ts';
import { parseUrl } from './parse-url.ts';

const SERVER_URL_FORM =
  'give the serverUrl (v2) or baseApiUrl (v3) that login returned, as in https://usw3.dm-us.informaticacloud.com/saas';
const LOGIN_URL_FORM =
  "give the organization's login host, as in dm-us, dm-us.informaticacloud.com or https://dm-us.informaticacloud.com";

/**
 * Reads `server-url`: an absolute URL, to which `/saas` is added when it has no path.
 * What was given is never repeated in a problem: it may hold a secret.
 */
export function readServerUrl(given: string, trusted: TrustedHosts): Checked<string> {
  const refuse = (problem: string) => invalid(`server-url ${problem}: ${SERVER_URL_FORM}.`);
  const text = given.trim();
  if (text === '') return refuse('is missing');
  const url = /[\s\\]/.test(text) ? null : parseUrl(text);
  if (url === null) return refuse('is not a URL');
  if (url.username !== '' || url.password !== '') return refuse('has a user name or password in it');
  if (/[?#]/.test(text)) return refuse('has a query or a fragment');
  const path = url.pathname.replace(/\/+$/, '');
  if (/\/(api\/v\d|public\/core\/v\d|user\/(login|logout))/i.test(path)) {
    return refuse('is the URL of an endpoint, not of the server');
  }
  return withTrust('server-url', url, trusted, `${url.origin}${path === '' ? '/saas' : path}`);
}

/** Reads `login-url`: a region's short name, a host or a URL. Only its origin counts. */
export function readLoginUrl(given: string, trusted: TrustedHosts): Checked<string> {
  const refuse = (problem: string) => invalid(`login-url ${problem}: ${LOGIN_URL_FORM}.`);
  const text = given.trim();
  if (text === '') return refuse('is missing');
  const url = /[\s\\]/.test(text) ? null : parseUrl(withScheme(text));
  if (url === null) return refuse('is neither a host nor a URL');
  if (url.username !== '' || url.password !== '') return refuse('has a user name or password in it');
  if (!/^\/(ma(\/.*)?)?$/.test(url.pathname)) return refuse('has a path that is not /ma/...');
  return withTrust('login-url', url, trusted, url.origin);
}

function withScheme(text: string): string {
  const region = /^([a-z0-9-]+)\/?$/i.exec(text)?.[1];
  if (region !== undefined && !isLoopback(region)) return `https://${region}.informaticacloud.com`;
  return text.includes('://') ? text : `https://${text}`;
}

function withTrust(input: string, url: URL, trusted: TrustedHosts, value: string): Checked<string> {
  const loopback = isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    return invalid(
      `${input} does not start with https://: credentials go out encrypted, except to loopback.`,
    );
  }
  if (!loopback && !trusted(url.hostname)) {
    return invalid(
      `${input} names a host that is not one of Informatica's: credentials go only to ` +
        `${INFORMATICA_DOMAINS.join(', ')}, hosts below them, and the exact names in trusted-hosts.`,
    );
  }
  return valid(value);
}
