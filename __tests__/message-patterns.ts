import { expect } from '@jest/globals';

/** What messages say, for the tests of the bundles and those in process. Unit tests check each text in full. */

/** The hint of an error object with 401 or 403. */
export const IP_HINT = /trusted IP address/;

/** The reasons for which credentials are most often refused. */
export const USUAL_REASONS = [/region/, /expired/, /SAML/, /second factor/];

/** What is said of a response that is not the vendor's. */
const NOT_THE_API =
  /it did not come from the API, but from a proxy or a gateway, or (server|login)-url is wrong/;

/** What is wrong with a URL. */
export const HTTPS_ONLY = /https:\/\//;
export const NOT_TRUSTED = /informaticacloud\.com.*trusted-hosts/;

/** What is wrong with `trusted-hosts`. */
export const HOST_NAMES = /idmc\.example\.com/;

/** That a line tells of a response that is not the vendor's: neither the server's words nor its reasons. */
export function expectNotTheApi(line: string, urlInput: 'server-url' | 'login-url'): void {
  expect(line).toMatch(/the response is/);
  expect(line).toMatch(NOT_THE_API);
  expect(line).toContain(urlInput);
  expect(line).not.toMatch(IP_HINT);
  expect(line).not.toMatch(/says the server|the server refused/i);
  expect(line).not.toContain('Sign in');
}
