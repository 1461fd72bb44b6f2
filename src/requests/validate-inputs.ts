import { all, type Checked, invalid, valid } from '../inputs/checked.ts';
import { choice } from '../inputs/choices.ts';
import { passwordNotes } from '../inputs/credentials.ts';
import { isLoopback, readTrustedHosts, type TrustedHosts } from '../inputs/hosts.ts';
import { readSettings, type Settings } from '../inputs/settings.ts';
import { type InputName, type InputValues, inputValues } from '../inputs/values.ts';
import type { Mode, Task } from './mode.ts';
import { MODES } from './modes.ts';

/** What a step was asked to do, checked. */
export interface ValidatedInputs {
  readonly task: Task;
  readonly settings: Settings;
  /** What the user should know of the inputs, though nothing is wrong. */
  readonly notes: readonly string[];
  /** The inputs that this order was read from, less what is another mode's. */
  readonly forPost: InputValues;
}

/** Checks all inputs. On failure it names every problem, those of the mode's inputs among them. */
export function validateInputs(values: InputValues): Checked<ValidatedInputs> {
  const trusted = readTrustedHosts(values['trusted-hosts']);
  const mode = readMode(values);
  // With a wrong trusted-hosts the mode's inputs are read all the same, so that their problems show.
  const hosts: TrustedHosts = trusted.ok
    ? trusted.value
    : (host) => (isLoopback(host) ? 'loopback' : 'trusted');
  const checked = all<{ mode: Mode; task: Task; settings: Settings; trusted: TrustedHosts }>({
    mode,
    task: mode.ok ? mode.value.read(values, hosts) : invalid(),
    settings: readSettings(values),
    trusted,
  });
  if (!checked.ok) return checked;
  const { task, settings } = checked.value;
  const forPost = inputsForPost(values, checked.value.mode);
  const notes = [
    ...passwordNotes(forPost.password),
    ...(task.kind === 'open' ? settingsNotes(settings) : []),
  ];
  return valid({ task, settings, notes, forPost });
}

/** A login opens a session now, and there is none that could have ended already. */
function settingsNotes({ when, allowAlreadyEnded }: Settings): readonly string[] {
  const unused = [...(when === 'now' ? [] : ['when']), ...(allowAlreadyEnded ? ['allow-already-ended'] : [])];
  return unused.map((name) => `${name} says nothing for mode: login, and is not used.`);
}

function readMode(values: InputValues): Checked<Mode> {
  const name = choice(values, 'mode', Object.keys(MODES).filter(isMode));
  return name.ok ? valid(MODES[name.value]) : name;
}

function isMode(name: string): name is keyof typeof MODES {
  return Object.hasOwn(MODES, name);
}

function inputsForPost(values: InputValues, { inputs }: Mode): InputValues {
  const ofModes = Object.values<Mode>(MODES).flatMap((mode) => mode.inputs);
  const isKept = (name: InputName) => inputs.includes(name) || !ofModes.includes(name);
  return inputValues((name) => (isKept(name) ? values[name] : ''));
}
