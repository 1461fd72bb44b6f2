import { type StepResult, visible } from '../../runner/index.ts';
import type { Violations } from '../invariants.ts';
import { isLogin, MODE_PROFILES, VARIABLES } from '../modes.ts';
import { accessTokenOf, indexOfSettled, isLeftToPost, resultOf, stepsOf, type Trial } from '../trial.ts';

/** Every text from the server contains this, right after what could make the text a command. */
export const MARK = 'PWNED';

const OWN_VARIABLES: readonly string[] = [VARIABLES.sessionId, VARIABLES.accessToken];

/** The commands that the action means to issue. */
const OWN_COMMANDS = ['add-mask', 'debug', 'warning', 'error', 'notice', 'group', 'endgroup'];

export function leaks(trial: Trial): Violations {
  const { mode, main, post, credential, sent, unmasked, saveFailed, accessTokens } = trial;
  const steps = stepsOf(trial);
  // A reader cannot tell a token that nobody granted from a real one.
  const secrets = [...trial.secrets, accessTokenOf(trial)].filter((secret) => secret !== '');
  const log = steps.flatMap((step) => step.log).join('\n');
  const text = [visible(withoutHandedOn(trial)), ...(post === undefined ? [] : [visible(post)])].join('\n');
  return {
    'a secret was saved, sent or handed on before it was masked': unmasked,
    'main sent its credential and did not mask it':
      credential !== '' && sent.length > 0 && !main.masks.includes(credential),
    'main saved a secret that it did not mask': secrets.some(
      (secret) => keeps(main, secret) && !main.masks.includes(secret),
    ),
    'main handed on a secret that it did not mask': secrets.some(
      (secret) => isHandedOn(main, secret) && !main.masks.includes(secret),
    ),
    'a secret is shown': secrets.some(
      (secret) =>
        spellings(secret).some((spelling) => text.includes(spelling)) ||
        base64(secret).some((spelling) => log.includes(spelling)),
    ),
    'the state of a settled step holds a secret':
      isSettledInMain(trial) &&
      !saveFailed &&
      main.signal === null &&
      secrets.some((secret) => keeps(main, secret)),
    'the state of a login holds its credential': isLogin(mode) && keeps(main, credential),
    'a state holds an access token': accessTokens.some(({ token }) => keeps(main, token)),
    'text from the server is markup in the summary': steps.some(({ summary }) => hasMarkup(summary)),
    ...commands(steps),
  };
}

/** Main read a response that settles it, so that post needs no secret. */
function isSettledInMain(trial: Trial): boolean {
  if (['ended', 'already-ended'].includes(resultOf(trial))) return true;
  // Post must verify that the session that main ended is dead.
  if (isLogin(trial.mode) && /isEnded(?:\\?")+:true/.test(trial.main.stateFile)) return false;
  return (['logout', 'logoutall'] as const).some((purpose) => {
    const settled = trial.sent[indexOfSettled(trial, purpose)];
    if (settled?.step !== 'main') return false;
    return !isLeftToPost(trial, settled);
  });
}

/** Outputs and variables keep their value: the runner masks logs, not what a later step reads. Any other is a leak. */
function withoutHandedOn(trial: Trial): StepResult {
  const { main, mode } = trial;
  if (resultOf(trial) !== 'opened') return main;
  const { 'session-id': sessionId, 'access-token': accessToken, ...outputs } = main.outputs;
  const hasVariable = MODE_PROFILES[mode].accessToken === 'output-and-variable';
  const values = [sessionId, hasVariable ? accessToken : undefined];
  const env = Object.fromEntries(
    Object.entries(main.env).filter(
      ([name, value]) => !(OWN_VARIABLES.includes(name) && values.includes(value)),
    ),
  );
  return { ...main, outputs, env };
}

function isHandedOn({ outputs, env }: StepResult, secret: string): boolean {
  return [...Object.values(outputs), ...Object.values(env)].includes(secret);
}

/** State is JSON. */
function keeps({ stateFile }: StepResult, secret: string): boolean {
  if (secret === '' || stateFile === '') return false;
  return stateFile.includes(secret) || stateFile.includes(JSON.stringify(secret).slice(1, -1));
}

/** Text of a server stands in a code span, or as letters, digits and character references. */
function hasMarkup(summary: string): boolean {
  const beside = summary.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
  return /[<>[\]`|~]|\*\*.*\*\*.*\*/.test(beside);
}

/** Millions of schedules have the same secrets. */
function remembered(spell: (secret: string) => readonly string[]): (secret: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (secret) => {
    const before = known.get(secret);
    if (before !== undefined) return before;
    const spelled = spell(secret);
    if (known.size >= 1_000) known.clear();
    known.set(secret, spelled);
    return spelled;
  };
}

/** Forms of a secret. Half of one counts like the whole. */
const spellings = remembered((secret) => {
  const bytes = Buffer.from(secret);
  const half = Math.ceil(secret.length / 2);
  const percent = bytes.toString('hex').replace(/../g, '%$&');
  const all = [
    secret.slice(0, half),
    secret.slice(-half),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    percent,
    percent.toUpperCase(),
  ];
  // A text with the whole secret also contains half of it.
  return all.filter((one, index) => !all.slice(0, index).some((before) => one.includes(before)));
});

/** The runner masks these, so the log that it shows must not contain them. */
const base64 = remembered((secret) => {
  const bytes = Buffer.from(secret);
  // Without the last characters, which depend on what follows.
  return [0, 1, 2].map((offset) => bytes.subarray(offset).toString('base64').slice(0, -4));
});

/** Commands that the runner executed and that the action did not mean to issue. */
function commands(steps: readonly StepResult[]): Violations {
  const foreign = steps
    .flatMap((step) => step.commands)
    .filter(({ name, data }) => !OWN_COMMANDS.includes(name) || data.trimStart().startsWith(MARK));
  return Object.fromEntries(
    foreign.map(({ name, data }) => [
      `text from the server became the command ${name} (${data.slice(0, 40)})`,
      true,
    ]),
  );
}
