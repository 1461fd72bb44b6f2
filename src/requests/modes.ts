import { type Checked, problemsOf, valid } from '../inputs/checked.ts';
import { readTrustedHosts } from '../inputs/hosts.ts';
import { choice, readSettings, SETTINGS_INPUTS, type Settings } from '../inputs/settings.ts';
import { type InputName, type InputValues, inputValues } from '../inputs/values.ts';
import { logout } from './logout.ts';
import { logoutall } from './logoutall.ts';
import type { SessionRequest } from './session-request.ts';

const MODES = { logout, logoutall };
const MODE_NAMES = ['logout', 'logoutall'] as const satisfies readonly (keyof typeof MODES)[];

/** What a step was asked to do, checked: what to send, how to go about it, and what to keep of the inputs. */
export interface Order {
  readonly request: SessionRequest;
  readonly settings: Settings;
  /** The inputs that this order was read from, less what it made no use of. */
  readonly kept: InputValues;
}

/** Checks all inputs. On failure it names every problem, those of the mode's inputs among them. */
export function readOrder(values: InputValues): Checked<Order> {
  const mode = choice(values, 'mode', MODE_NAMES);
  const settings = readSettings(values);
  const trusted = readTrustedHosts(values['trusted-hosts']);
  if (!mode.ok) return problemsOf(mode, settings, trusted);
  const { inputs, read } = MODES[mode.value];
  // With a wrong trusted-hosts the mode's inputs are read all the same, so that their problems show.
  const request = read(values, trusted.ok ? trusted.value : () => true);
  if (!settings.ok || !trusted.ok || !request.ok) return problemsOf(settings, trusted, request);
  return valid({ request: request.value, settings: settings.value, kept: keep(values, inputs) });
}

function keep(values: InputValues, ofMode: readonly InputName[]): InputValues {
  const kept = new Set<InputName>(['mode', 'trusted-hosts', ...SETTINGS_INPUTS, ...ofMode]);
  return inputValues((name) => (kept.has(name) ? values[name] : ''));
}
