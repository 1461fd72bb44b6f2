import { type Checked, invalid, problemsOf, valid } from '../inputs/checked.ts';
import { readLoginUrl } from '../inputs/urls.ts';
import { JSON_HEADERS, type Mode } from './session-request.ts';

/** Ends every v2 session of the organization (vendor page "Logout", "ending all sessions"). */
export const logoutall: Mode = {
  inputs: ['login-url', 'username', 'password'],
  read: (values, trusted) => {
    const loginUrl = readLoginUrl(values['login-url'], trusted);
    const username = present(values.username.trim(), 'username');
    const password = present(values.password, 'password');
    if (!loginUrl.ok || !username.ok || !password.ok) return problemsOf(loginUrl, username, password);
    return valid({
      call: {
        url: `${loginUrl.value}/ma/api/v2/user/logoutall`,
        headers: JSON_HEADERS,
        body: JSON.stringify({ '@type': 'logout', username: username.value, password: password.value }),
      },
      credential: 'password',
      secrets: [password.value],
      subject: 'every v2 session of the organization',
      host: new URL(loginUrl.value).host,
      urlInput: 'login-url',
    });
  },
};

function present(value: string, name: 'username' | 'password'): Checked<string> {
  return value.trim() === ''
    ? invalid(`${name} is missing: give the Informatica Intelligent Cloud Services ${name}.`)
    : valid(value);
}
