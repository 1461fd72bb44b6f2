import { type Checked, invalid, problemsOf, valid } from '../inputs/checked.ts';
import { readServerUrl } from '../inputs/urls.ts';
import { JSON_HEADERS, type Mode } from './session-request.ts';

/** Ends the one v2 session given (vendor page "Logout", "Logging out"). */
export const logout: Mode = {
  inputs: ['server-url', 'session-id'],
  read: (values, trusted) => {
    const serverUrl = readServerUrl(values['server-url'], trusted);
    const sessionId = readSessionId(values['session-id']);
    if (!serverUrl.ok || !sessionId.ok) return problemsOf(serverUrl, sessionId);
    return valid({
      call: {
        url: `${serverUrl.value}/api/v2/user/logout`,
        headers: { ...JSON_HEADERS, icSessionId: sessionId.value },
        body: '',
      },
      credential: 'session-id',
      secrets: [sessionId.value],
      subject: 'the session',
      host: new URL(serverUrl.value).host,
      urlInput: 'server-url',
    });
  },
};

function readSessionId(given: string): Checked<string> {
  const form = 'give the icSessionId (v2) or sessionId (v3) that login returned';
  const sessionId = given.trim();
  if (sessionId === '') return invalid(`session-id is missing: ${form}.`);
  if (sessionId.includes('${{')) {
    return invalid(`session-id still holds an unexpanded expression ("\${{"): ${form}.`);
  }
  // What jq prints for a field that is not there, and for one that is without --raw-output. The word itself is
  // masked by now, and would be missing from a message.
  if (/^(null|undefined|(["']).*\2)$/.test(sessionId)) {
    return invalid(`session-id is in quotes, or is what a missing field prints as: ${form}.`);
  }
  // What Node's http accepts as a header value, less the tab.
  if (!/^[\x20-\x7e\x80-\xff]+$/.test(sessionId)) {
    return invalid(`session-id has characters that no HTTP header can carry, such as a line break: ${form}.`);
  }
  return valid(sessionId);
}
