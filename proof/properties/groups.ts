import type { Finding } from '../finding.ts';
import { bundleInputs, bundleState, CountingServer } from './bundle.ts';
import { inputProperties } from './inputs.ts';
import type { Property } from './property.ts';
import { proxyProperties } from './proxy.ts';
import { responseProperties } from './responses.ts';
import { stateProperties } from './states.ts';
import { timingProperties } from './timing.ts';

type Group = (server: CountingServer) => readonly Property[];

/** The properties that one process tries: about as much work each, in the order of the page. */
export const GROUPS: readonly Group[] = [
  () => [...inputProperties, ...proxyProperties],
  ...responseProperties.map(
    (one): Group =>
      () => [one],
  ),
  () => [...stateProperties, ...timingProperties],
  (server) => [bundleInputs(server)],
  (server) => [bundleState(server)],
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

/** Tries the properties of a group, one after the other. */
export async function tryGroup({ index, seed }: GroupTask): Promise<GroupResult> {
  const server = await new CountingServer().listen();
  const findings: Finding[] = [];
  const lines: string[] = [];
  try {
    for (const one of GROUPS[index]?.(server) ?? [])
      findings.push(await one.run(seed, (line) => lines.push(line)));
    return { findings, lines };
  } finally {
    server.close();
  }
}
