import type { Finding } from '../finding.ts';
import { inputProperties } from './inputs.ts';
import type { Property } from './property.ts';
import { proxyProperties } from './proxy.ts';
import { responseProperties } from './responses.ts';
import { stateProperties } from './states.ts';
import { timingProperties } from './timing.ts';

/** The properties that one process tries: about as much work each, in the order of the page. */
export const GROUPS: readonly (readonly Property[])[] = [
  [...inputProperties, ...proxyProperties],
  ...responseProperties.map((one) => [one]),
  [...stateProperties, ...timingProperties],
];

export interface GroupTask {
  /** In `GROUPS`. */
  readonly index: number;
  readonly seed: number;
}

export interface GroupResult {
  readonly findings: readonly Finding[];
  /** What is to be logged. */
  readonly lines: readonly string[];
}

/** Tries the properties of a group. */
export async function tryGroup({ index, seed }: GroupTask): Promise<GroupResult> {
  const lines: string[] = [];
  const findings = await tryInTurn(GROUPS[index] ?? [], seed, (line) => lines.push(line));
  return { findings, lines };
}

/** Tries properties one after the other. */
export async function tryInTurn(
  properties: readonly Property[],
  seed: number,
  log: (line: string) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const one of properties) findings.push(await one.run(seed, log));
  return findings;
}
