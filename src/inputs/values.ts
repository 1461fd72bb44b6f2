/** The inputs as `action.yml` declares them. */
export const INPUT_NAMES = [
  'mode',
  'when',
  'server-url',
  'session-id',
  'login-url',
  'username',
  'password',
  'timeout-seconds',
  'allow-already-ended',
  'on-cleanup-failure',
  'trusted-hosts',
  'summary',
] as const;

export type InputName = (typeof INPUT_NAMES)[number];

/** What the user wrote, untouched. An input that was not given is the empty string. */
export type InputValues = Readonly<Record<InputName, string>>;

/** The inputs whose values are secrets: masked before anything else happens. */
export const SECRET_INPUTS = ['session-id', 'password'] as const satisfies readonly InputName[];

/** Asks `read` for each input; what it has not got is empty. */
export function inputValues(read: (name: InputName) => string): InputValues {
  return {
    mode: read('mode'),
    when: read('when'),
    'server-url': read('server-url'),
    'session-id': read('session-id'),
    'login-url': read('login-url'),
    username: read('username'),
    password: read('password'),
    'timeout-seconds': read('timeout-seconds'),
    'allow-already-ended': read('allow-already-ended'),
    'on-cleanup-failure': read('on-cleanup-failure'),
    'trusted-hosts': read('trusted-hosts'),
    summary: read('summary'),
  };
}
