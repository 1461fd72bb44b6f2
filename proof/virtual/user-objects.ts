/** On a host that no input names. */
export const UNTRUSTED = 'https://usw3.informaticacloud.example/saas';
const SERVER_URL = 'https://usw3.dm-us.informaticacloud.com/saas';
/** The two ids of the organization. */
export const ORGANIZATION = { short: '000001', long: 'aBcDeFgHiJkLmNoPqRsTuV' } as const;

/** What both versions of a login return, in one. */
export function userObject(sessionId: string, serverUrl = SERVER_URL): object {
  const name = 'someone.else@example.com';
  return {
    '@type': 'user',
    icSessionId: sessionId,
    serverUrl,
    name,
    orgId: ORGANIZATION.short,
    orgUuid: ORGANIZATION.long,
    userInfo: { sessionId, name, orgId: ORGANIZATION.long },
    products: [{ name: 'Integration Cloud', baseApiUrl: serverUrl }],
  };
}

/** A login's response with another server URL, in either version. */
export const withServerUrl = (url: string) => (text: string) =>
  text.replace(/"(serverUrl|baseApiUrl)":"[^"]*"/g, `"$1":"${url}"`);

/** A login's response with something else in place of the session id, in either version. */
export const withId = (id: string) => (text: string) =>
  text.replace(/"(icSessionId|sessionId)":"[^"]*"/g, `"$1":"${id}"`);
