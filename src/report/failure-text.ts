import type { NetworkFailure } from '../http.ts';

type Failure<K extends NetworkFailure['kind']> = Extract<NetworkFailure, { kind: K }>;

/**
 * Why there was no response, or only a part of one, as a part of a sentence, with what to do. `urlInput` names the host; undefined
 * if the server did.
 */
export function failureText(failure: NetworkFailure, host: string, urlInput: string | undefined): string {
  switch (failure.kind) {
    case 'name-not-found':
      return `there is no host ${host}: check ${orNetwork(urlInput, "the runner's proxy and DNS")}`;
    case 'name-not-resolved':
      return `the name of ${host} could not be resolved: check ${orNetwork(urlInput, "the runner's proxy and DNS")}`;
    case 'connection-refused':
      return `${host} refused the connection: check ${orNetwork(urlInput, "the runner's firewall")}`;
    case 'certificate':
      return `the certificate of ${otherEnd(failure, host)} is not trusted (${failure.code}): ${certificateHint(failure, urlInput)}`;
    case 'tls':
      return failure.refusesClient
        ? `${otherEnd(failure, host)} rejected this runner's TLS handshake (${failure.code}): most servers that do so require a client certificate, and this action has none`
        : `TLS with ${otherEnd(failure, host)} failed (${failure.code}): the usual cause is a proxy that inspects TLS, or a server that requires a client certificate or an old version of TLS`;
    case 'not-http':
      return `the response from ${otherEnd(failure, host)} is not HTTP that Node can read (${failure.code}): the usual cause is a proxy or a gateway`;
    case 'proxy-status':
      return `the proxy ${failure.proxy} made no connection to ${host} (HTTP ${failure.statusCode}): ${proxyHint(failure)}`;
    case 'proxy-unreachable':
      return `no connection to ${host} could be made through the proxy ${failure.proxy} (${failure.detail}): check https_proxy and no_proxy`;
    case 'proxy-settings':
      return failure.problem;
    case 'no-connection':
      return `no connection to ${host} could be made (${failure.detail}): check ${orNetwork(urlInput, "the runner's proxy and firewall")}`;
    case 'timed-out':
      return `no complete response from ${host} came in time`;
    case 'connection-lost':
      return `the connection to ${host} broke (${failure.code})`;
    case 'unexpected':
      return `the request failed unexpectedly (${failure.error}): please report it as a bug of this action`;
  }
}

function otherEnd({ proxy }: { readonly proxy: string | undefined }, host: string): string {
  return proxy === undefined ? host : `the proxy ${proxy}`;
}

function certificateHint(
  { code, proxy, extraAuthorities }: Failure<'certificate'>,
  urlInput: string | undefined,
): string {
  if (/ALTNAME|HOSTNAME/.test(code)) {
    return `it is for another host name, so check ${proxy === undefined ? (urlInput ?? "the runner's proxy") : 'https_proxy'}`;
  }
  if (/EXPIRED|NOT_YET_VALID/.test(code)) return "renew it, or check the runner's clock";
  switch (extraAuthorities) {
    case 'not-set':
      return 'if your own certificate authority issued it, set NODE_EXTRA_CA_CERTS to the file of that authority';
    case 'unusable':
      return 'the file in NODE_EXTRA_CA_CERTS could not be used, because it is missing, cannot be read, or is not PEM';
    case 'used':
      return 'the file in NODE_EXTRA_CA_CERTS does not contain the certificate authority that issued it';
  }
}

function proxyHint({ statusCode, schemes }: Failure<'proxy-status'>): string {
  if (statusCode !== 407) return 'check https_proxy and no_proxy';
  return schemes.length > 0 && !schemes.includes('Basic')
    ? `it accepts only ${schemes.join(', ')}, so credentials in https_proxy cannot help: use a proxy that accepts Basic, or none`
    : 'check the user name and password in https_proxy';
}

function orNetwork(urlInput: string | undefined, network: string): string {
  return urlInput === undefined ? network : `${urlInput}, or ${network}`;
}
