import { BUSY, LOST_AFTER_EFFECT, LOST_BEFORE_EFFECT } from '../faults/catalogue.ts';
import type { Finding } from '../finding.ts';
import { record } from '../responses/recorded.ts';
import { Tally } from '../tally.ts';
import { type JobScript, playJob } from '../virtual/job.ts';
import { respond } from '../virtual/respond.ts';
import { secretsSent } from '../virtual/steps.ts';
import { type Group, planAt, sizeOf, spread } from './plans.ts';

/** The plans of a group that one worker plays: every `workers`th one, from `first` on. */
export interface Part {
  readonly group: Group;
  readonly wanted: number;
  readonly first: number;
  readonly workers: number;
  readonly repeat: string;
}

export interface PartResult {
  readonly count: number;
  readonly found: Omit<Finding, 'counted' | 'count' | 'minimum'>;
  readonly lines: readonly string[];
}

const TIMEOUT_SECONDS = 20;
/** The first ones are enough to find the cause. */
const MOST_LINES = 60;

/** Plays main and post of each plan in the virtual world. */
export async function playPart({ group, wanted, first, workers, repeat }: Part): Promise<PartResult> {
  const lines: string[] = [];
  const tally = new Tally((line) => lines.length < MOST_LINES && lines.push(line), repeat);
  await record([BUSY, LOST_AFTER_EFFECT, LOST_BEFORE_EFFECT]);
  let count = 0;
  let index = 0;
  for (const number of spread(sizeOf(group), wanted)) {
    if (index++ % workers !== first) continue;
    const { response, position, mode } = planAt(group, number);
    const sent = { main: 0, post: 0 };
    const meet: JobScript['meet'] = async (call, _purpose, _world, vendor, step) => {
      const [secret = ''] = secretsSent(call);
      const met = position.meets(response, step, sent[step]++);
      return { met, ...(await respond(met, vendor, call, { secret, foreignUrl: '', effect: true })) };
    };
    const setup = {
      mode,
      when: position.when,
      allowAlreadyEnded: false,
      timeoutSeconds: TIMEOUT_SECONDS,
      sessions: 'opaque',
    } as const;
    const trial = await playJob(setup, { meet });
    tally.add({
      ...trial,
      label: `${mode}, ${position.name}: ${response.name}`,
      getsWell: position.getsWell,
    });
    count += 1;
  }
  return { count, found: tally.found, lines };
}
