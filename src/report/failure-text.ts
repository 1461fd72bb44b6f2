import type { NetworkFailure } from '../http.ts';

/** What kept an answer from coming, as a part of a sentence, with what can be done about it. */
export function failureText(failure: NetworkFailure, host: string, urlInput: string): string {
  switch (failure.kind) {
    case 'name-not-resolved':
      return `the name of ${host} could not be resolved: check ${urlInput}, or the runner's proxy and DNS`;
    case 'connection-refused':
      return `${host} refused the connection: check ${urlInput}`;
    case 'certificate':
      return `the certificate of ${failure.proxy === undefined ? host : `the proxy ${failure.proxy}`} is not trusted (${failure.code}): if it comes from an authority of your own, name its file in NODE_EXTRA_CA_CERTS`;
    case 'proxy-status':
      return `the proxy ${failure.proxy} made no connection to ${host} (HTTP ${failure.statusCode}): check https_proxy and no_proxy${failure.statusCode === 407 ? ', and the credentials in it' : ''}`;
    case 'proxy-unreachable':
      return `no connection to ${host} could be made through the proxy ${failure.proxy} (${failure.detail}): check https_proxy and no_proxy`;
    case 'proxy-settings':
      return failure.problem;
    case 'no-connection':
      return `no connection to ${host} could be made (${failure.detail}): check ${urlInput}, or the runner's proxy and firewall`;
    case 'timed-out':
      return `no complete answer from ${host} came in time`;
    case 'connection-lost':
      return `the connection to ${host} broke (${failure.code})`;
  }
}
