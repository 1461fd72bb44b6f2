import { type StepResult, visible } from '../../runner/index.ts';
import type { Violations } from '../invariants.ts';

/** Every text from the server has this in it, right after whatever would make a command of it. */
export const MARK = 'PWNED';

/** What can be seen of a step and its post step, and what must not be. */
export interface Shown {
  readonly main: StepResult;
  readonly post: StepResult;
  readonly secrets: readonly string[];
  /** Main has settled it, so that post needs no secret. */
  readonly isSettled: boolean;
  /** What post never needs. */
  readonly neverSaved: readonly string[];
  /** What main hands on, and may; empty where there is nothing. */
  readonly handsOn: string;
}

export function leaks(shown: Shown): Violations {
  const { main, post, secrets, isSettled, neverSaved, handsOn } = shown;
  const text = [withoutHandedOn(main, handsOn), post].map(visible).join('\n');
  const log = [...main.log, ...post.log].join('\n');
  return {
    'main saved a secret that it did not mask': secrets.some(
      (secret) => keeps(main, secret) && !main.masks.includes(secret),
    ),
    'a secret is shown':
      secrets.flatMap(spellings).some((spelling) => text.includes(spelling)) ||
      secrets.flatMap(base64).some((spelling) => log.includes(spelling)),
    'the state of a settled step holds a secret': isSettled && secrets.some((secret) => keeps(main, secret)),
    'the state holds what post never needs': neverSaved.some((secret) => keeps(main, secret)),
    'text from the server is markup in the summary': [main, post].some(({ summary }) => hasMarkup(summary)),
    ...commands(shown),
  };
}

/** Outputs and variables keep their value: the runner masks logs, not what a later step reads. */
function withoutHandedOn(main: StepResult, handsOn: string): StepResult {
  const others = (values: StepResult['env']) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== handsOn));
  return handsOn === '' ? main : { ...main, outputs: others(main.outputs), env: others(main.env) };
}

/** State is JSON. */
function keeps({ stateFile }: StepResult, secret: string): boolean {
  return [secret, JSON.stringify(secret).slice(1, -1)].some((spelling) => stateFile.includes(spelling));
}

/** An answer's text stands in a code span, or as letters, digits and character references. */
function hasMarkup(summary: string): boolean {
  const beside = summary.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
  return /[<>[\]`|~]|\*\*.*\*\*.*\*/.test(beside);
}

/** Ways in which a secret may be written; a half of it is as bad as the whole. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const half = Math.ceil(secret.length / 2);
  const percent = bytes.toString('hex').replace(/../g, '%$&');
  return [
    secret,
    secret.slice(0, half),
    secret.slice(-half),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    percent,
    percent.toUpperCase(),
  ];
}

/** These the runner masks, so that they must not be in the log that it shows. */
function base64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Less the last characters, which depend on what follows.
  return [0, 1, 2].map((offset) => bytes.subarray(offset).toString('base64').slice(0, -4));
}

/** The commands that the runner executed for these steps and that the action did not mean to issue. */
function commands({ main, post }: Shown): Violations {
  const own = ['add-mask', 'debug', 'warning', 'error', 'notice', 'group', 'endgroup'];
  const foreign = [...main.commands, ...post.commands].filter(
    ({ name, data }) => !own.includes(name) || data.trimStart().startsWith(MARK),
  );
  return Object.fromEntries(
    foreign.map(({ name, data }) => [
      `text from the server became the command ${name} (${data.slice(0, 40)})`,
      true,
    ]),
  );
}
