import { all, type Checked, invalid, valid } from '../inputs/checked.ts';
import { choice } from '../inputs/choices.ts';
import { passwordNotes } from '../inputs/credentials.ts';
import { isLoopback, readTrustedHosts, type TrustedHosts } from '../inputs/hosts.ts';
import { readSettings, type Settings } from '../inputs/settings.ts';
import { type UnusedInputs, unusedNotes } from '../inputs/unused.ts';
import { type InputName, type InputValues, inputValues } from '../inputs/values.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { logoutall } from './logoutall.ts';
import type { Mode, Task } from './mode.ts';

/** What `mode` can be. */
export const MODES = { login, logout, logoutall } as const satisfies Readonly<Record<string, Mode>>;

/** The inputs of a step, validated. */
export interface ValidatedInputs {
  readonly task: Task;
  readonly settings: Settings;
  readonly trusted: TrustedHosts;
  /** What the user should know about the inputs, although nothing is wrong. */
  readonly notes: readonly string[];
  /** The inputs as given, without those that belong only to other modes: the post step validates them again. */
  readonly forPost: InputValues;
}

/** Validates all inputs. On failure, returns every problem, those of the mode's inputs among them. */
export function validateInputs(values: InputValues): Checked<ValidatedInputs> {
  const trusted = readTrustedHosts(values['trusted-hosts']);
  const mode = readMode(values);
  // If only the case of `mode` is wrong, the inputs of the intended mode are read, so that their problems show too.
  const meant = modeNamed(values.mode.trim().toLowerCase());
  // Even if trusted-hosts is wrong, the mode's inputs are read, so that their problems show too.
  const hosts: TrustedHosts = trusted.ok
    ? trusted.value
    : (host) => (isLoopback(host) ? 'loopback' : 'trusted');
  const context = { trusted: hosts, shared: without(values, inputsOfModes()) };
  const checked = all<{ mode: Mode; task: Task; settings: Settings; trusted: TrustedHosts }>({
    mode,
    task: meant === undefined ? invalid() : meant.read(values, context),
    settings: readSettings(values),
    trusted,
  });
  if (!checked.ok) return checked;
  const { task, settings } = checked.value;
  const ofOthers = inputsOfOtherModes(checked.value.mode);
  const unused: UnusedInputs = {
    ...Object.fromEntries(ofOthers.map((name) => [name, 'mode'])),
    ...checked.value.mode.unused(values),
  };
  const forPost = without(values, ofOthers);
  const notes = [...passwordNotes(forPost.password), ...unusedNotes(values, unused)];
  return valid({ task, settings, trusted: checked.value.trusted, notes, forPost });
}

function readMode(values: InputValues): Checked<Mode> {
  const name = choice(values, 'mode', Object.keys(MODES).filter(isMode));
  return name.ok ? valid(MODES[name.value]) : name;
}

function modeNamed(name: string): Mode | undefined {
  return isMode(name) ? MODES[name] : undefined;
}

function isMode(name: string): name is keyof typeof MODES {
  return Object.hasOwn(MODES, name);
}

/** The inputs that belong to a mode. */
function inputsOfModes(): readonly InputName[] {
  return Object.values<Mode>(MODES).flatMap(({ inputs }) => inputs);
}

/** The inputs that belong only to other modes. */
function inputsOfOtherModes({ inputs }: Mode): readonly InputName[] {
  return inputsOfModes().filter((name) => !inputs.includes(name));
}

function without(values: InputValues, names: readonly InputName[]): InputValues {
  return inputValues((name) => (names.includes(name) ? '' : values[name]));
}
