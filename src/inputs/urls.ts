import { type Checked, invalid, valid } from './checked.ts';
import { INFORMATICA_DOMAINS, isHostName, isLoopback, parseUrl, type TrustedHosts } from './hosts.ts';
import { trimEnd } from './values.ts';

const SERVER_URL_FORM =
  'give the serverUrl (v2) or baseApiUrl (v3) that login returned, for example https://usw3.dm-us.informaticacloud.com/saas';
const LOGIN_URL_FORM =
  "give the organization's login host, for example dm-us, dm-us.informaticacloud.com or https://dm-us.informaticacloud.com";

/** The vendor's own paths at a login host: people hold a whole endpoint, or copy the address bar. */
const VENDOR_PATHS = /^\/((ma|saas|identity-service)(\/.*)?)?$/;
const ENDPOINT = /\/(user\/(login|loginoauth|logout|logoutall|validsessionid)|core\/v3\/(login|logout))$/;
const POD = /^[a-z]{2,5}\d{1,2}(-\d{1,2})?$/i;
/** The longest server URL. The state has to fit into the environment of the post step. */
const MAX_URL_LENGTH = 2_000;

/**
 * Reads `server-url`, without a slash at its end; `/saas` is added when it has no path. On Informatica's own hosts
 * it can have no other. What was given is never repeated in a problem: it may hold a secret.
 */
export function readServerUrl(given: string, trusted: TrustedHosts): Checked<URL> {
  const refuse = (problem: string) => invalid(`server-url ${problem}: ${SERVER_URL_FORM}.`);
  const text = given.trim();
  if (text === '') return refuse('is missing');
  if (text.length > MAX_URL_LENGTH) return refuse('is too long to be one');
  const url = /[\s\\]/.test(text) ? null : parseUrl(text);
  if (url === null) return refuse('is not a URL');
  if (url.username !== '' || url.password !== '') return refuse('has a user name or password in it');
  if (/[?#]/.test(text)) return refuse('has a query or a fragment');
  const path = trimEnd(url.pathname, '/');
  if (ENDPOINT.test(path.toLowerCase())) return refuse('is the URL of an endpoint, not of the server');
  const wrongPath = trusted(url.hostname) === 'informatica' && path !== '' && path !== '/saas';
  if (wrongPath) return refuse("has a path other than /saas, the only path on Informatica's hosts");
  return withTrust('server-url', url, trusted, path === '' ? '/saas' : path);
}

/** Reads `login-url`: a region's short name, a host or a URL. Only its origin counts. */
export function readLoginUrl(given: string, trusted: TrustedHosts): Checked<URL> {
  const refuse = (problem: string) => invalid(`login-url ${problem}: ${LOGIN_URL_FORM}.`);
  const text = given.trim();
  if (text === '') {
    return refuse(
      'is missing, probably because no variable of that name exists here (a misspelt vars.NAME is empty)',
    );
  }
  const word = /^[A-Za-z0-9-]+(?=\/?$)/.exec(text)?.[0];
  if (word !== undefined && POD.test(word)) {
    return refuse('names a pod, which is part of a server URL, not a login host');
  }
  if (word !== undefined && !isLoopback(word) && !word.includes('-')) {
    return refuse('is neither a login host nor the short name of one');
  }
  const url = /[\s\\]/.test(text) ? null : parseUrl(withScheme(text, word));
  if (url === null) return refuse('is neither a host nor a URL');
  if (url.username !== '' || url.password !== '') return refuse('has a user name or password in it');
  if (!VENDOR_PATHS.test(url.pathname.toLowerCase())) {
    return refuse('has a path other than /ma/..., /saas/... or /identity-service/...');
  }
  return withTrust('login-url', url, trusted, '');
}

function withScheme(text: string, word: string | undefined): string {
  if (word !== undefined && !isLoopback(word)) return `https://${word}.informaticacloud.com`;
  return text.includes('://') ? text : `https://${text}`;
}

/** The URL's origin with this path, if credentials may go there. */
function withTrust(input: string, url: URL, trusted: TrustedHosts, path: string): Checked<URL> {
  const owner = trusted(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && owner === 'loopback')) {
    return invalid(
      `${input} does not start with https://: credentials are only sent encrypted, except to loopback.`,
    );
  }
  if (!isHostName(url.hostname)) {
    return invalid(
      `${input} has an invalid host name: give letters, digits and hyphens between single dots.`,
    );
  }
  if (owner === undefined) {
    return invalid(
      `${input} names a host that is not one of Informatica's: credentials go only to ` +
        `${INFORMATICA_DOMAINS.join(', ')}, hosts below them, and the exact names in trusted-hosts.`,
    );
  }
  return valid(new URL(`${url.origin}${path}`));
}
