import { checkBypass } from '@actions/http-client/lib/proxy';
import { type Checked, valid } from '../inputs/checked.ts';
import { type HttpProxy, noProxyNotes, readProxy } from '../inputs/proxy.ts';

/** The variables with the proxy for a URL, in order of precedence, as the runner and its toolkit read them. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'https:': ['https_proxy', 'HTTPS_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY'],
};

/**
 * The proxy that the job's environment sets for a URL; undefined if it sets none. Checks `no_proxy` and loopback first,
 * because an invalid proxy variable does not matter to a URL that bypasses every proxy.
 */
export function proxyFor(url: URL): Checked<HttpProxy | undefined> {
  if (checkBypass(url)) return valid(undefined);
  for (const variable of VARIABLES[url.protocol] ?? []) {
    const text = process.env[variable] ?? '';
    if (text.trim() !== '') return readProxy(variable, text);
  }
  return valid(undefined);
}

/** The entries of `no_proxy` that have no effect, if a URL is reached through a proxy. */
export function proxyNotes(url: URL): readonly string[] {
  const proxy = proxyFor(url);
  const variable = process.env['no_proxy'] ? 'no_proxy' : 'NO_PROXY';
  return proxy.ok && proxy.value !== undefined ? noProxyNotes(variable, process.env[variable] ?? '') : [];
}
