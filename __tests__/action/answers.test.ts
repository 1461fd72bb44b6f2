import { expect, test } from '@jest/globals';
import { HOST, type Meaning, rows } from './answers.ts';
import { CONSEQUENCE, host, MODES, type Mode, onlyPost, retryLine, type Scene, scene } from './support.ts';

// Every row of the table: met by the main step in both modes, and by the post step in one, turn and turn about.
test.each(rows.map((row, index) => [row.name, row, index] as const))(
  '%s',
  async (_name, { fault, ...meanings }, index) => {
    const observe = async (mode: Mode, when: 'now' | 'job-end') => {
      const stage = await scene(mode, { inputs: { when }, faults: [fault] });
      const result = await act(stage, when);
      return { result, expected: expectation(meanings[mode], when, stage) };
    };
    const inPost = index % 2 === 0 ? 'logout' : 'logoutall';
    const meetings = [...MODES.map((mode) => observe(mode, 'now')), observe(inPost, 'job-end')];
    for (const { result, expected } of await Promise.all(meetings)) expect(result).toEqual(expected);
  },
);

/** Lets the one step that sends something do it, and says what came of it. */
async function act({ job, inputs, cloud }: Scene, when: 'now' | 'job-end') {
  const main = await job.run(inputs);
  const step = when === 'now' ? main : await onlyPost(job);
  const { result, attempts } = main.outputs;
  return {
    ...{ log: step.log, exitCode: step.exitCode, stderr: step.stderr },
    ...(when === 'now' ? { result, attempts, state: main.state } : {}),
    requests: cloud.requests.length,
    open: cloud.openSessions().length,
  };
}

function expectation(meaning: Meaning, when: 'now' | 'job-end', stage: Scene) {
  const { kind } = meaning;
  const requests = kind === 'unknown' ? 2 : 1;
  const open = kind === 'ended' || kind === 'unknown' ? 0 : 1;
  const outcome = kind === 'unknown' ? 'ended' : kind;
  const sent = { requests, open, log: logLines(meaning, when, stage), stderr: '' };
  if (when === 'job-end') return { ...sent, exitCode: 0 };
  return {
    ...sent,
    exitCode: outcome === 'ended' ? 0 : 1,
    result: outcome === 'refused' ? 'failed' : outcome,
    attempts: String(requests),
    // Whatever it was, the post step is told that nothing more is to be sent, and no secret.
    state: { session: JSON.stringify({ kind: 'settled', outcome }) },
  };
}

function logLines(meaning: Meaning, when: 'now' | 'job-end', { where, cloud }: Scene): unknown[] {
  const says = meaning.kind === 'ended' ? '' : meaning.says.replace(HOST, host(cloud));
  switch (meaning.kind) {
    case 'ended':
      return [`Ended ${where} (HTTP ${meaning.status}, 1 attempt).`];
    case 'already-ended': {
      const text = `Already ended: ${where}, says the server: ${says} (1 attempt).`;
      const advice =
        'Set allow-already-ended: true if that is no failure to you. The post step has nothing left to do.';
      return [when === 'now' ? `Error: ${text} ${advice}` : text];
    }
    case 'refused': {
      const text = `Not ended: ${where}. ${says} (1 attempt; a refusal is not tried again).`;
      const main = `Error: ${text} The post step will not try again.`;
      return [when === 'now' ? main : `Warning: ${text} ${CONSEQUENCE}`];
    }
    case 'unknown':
      return [retryLine(1, says), `Ended ${where} (HTTP 200, 2 attempts).`];
  }
}
