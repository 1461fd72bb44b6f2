import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import {
  answer,
  CONSEQUENCE,
  host,
  logoutInputs,
  MODES,
  type Mode,
  mainAndPost,
  newJob,
  onlyPost,
  pipeline,
  printed,
  retryLine,
  scene,
  startCloud,
  unsettled,
  unusedPort,
} from './support.ts';

const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
const busy = (retryAfter: string, status = 429) => answer(status, '', { 'Retry-After': retryAfter });

describe('Retry-After', () => {
  test('is honoured, in seconds and as a date, in main and in post', async () => {
    const meet = async (when: string, status: number, retryAfter: () => string, wait: RegExp) => {
      const stage = await scene('logout', { inputs: { when } });
      // A date has to be as late as the answer.
      stage.cloud.setFaults((_request, index) => (index === 0 ? busy(retryAfter(), status) : undefined));
      const { main, post } = await mainAndPost(stage);
      // A back-off of its own would be of half a second at most.
      expect((when === 'now' ? main : post).log).toEqual([
        expect.stringMatching(wait),
        `Ended ${stage.where} (HTTP 200, 2 attempts).`,
      ]);
    };
    await Promise.all([
      meet('now', 429, () => '2', /^Attempt 1: the server answered HTTP 429\. Trying again in 2\.0 s\.$/),
      meet('now', 503, () => '2', /^Attempt 1: the server answered HTTP 503\. Trying again in 2\.0 s\.$/),
      meet('job-end', 429, () => '2', / Trying again in 2\.0 s\.$/),
      meet('now', 429, () => later(3), / Trying again in [123]\.\d s\.$/),
      meet('job-end', 503, () => later(3), / Trying again in [123]\.\d s\.$/),
    ]);
  });

  test('that says nothing, or that there is nothing to wait for', async () => {
    const meet = async (value: string) => {
      const stage = await scene('logout', { faults: [busy(value)] });
      const { log, exitCode } = await stage.job.run(stage.inputs);
      expect([value, log[0]]).toEqual([value, expect.stringMatching(/Trying again in 0\.\d s\.$/)]);
      expect(exitCode).toBe(0);
    };
    await Promise.all(['soon', '-1', '1.5', '0', '', later(-60)].map(meet));
  });

  test.each(['3600', '99999999999999999999', later(3600)])('%j ends the waiting at once', async (value) => {
    const stage = await scene('logout', { faults: [busy(value)] });
    const { main, post } = await mainAndPost(stage);
    expect(main.log).toEqual([
      `Error: ${unsettled(stage.where, 'retry-after', 1, 'the server answered HTTP 429')} The post step will try again.`,
    ]);
    expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', attempts: '1' } });
    expect(post.log).toEqual([`Ended ${stage.where} (HTTP 200, 1 attempt).`]);
    expect(stage.cloud.requests).toHaveLength(2);
  });

  test('ends the waiting of the post step too', async () => {
    const stage = await scene('logoutall', { inputs: { when: 'job-end' }, faults: [busy('3600')] });
    const { post } = await mainAndPost(stage);
    expect(post.log).toEqual([
      `Warning: ${unsettled(stage.where, 'retry-after', 1, 'the server answered HTTP 429')} ${CONSEQUENCE}`,
    ]);
    expect(stage.cloud.requests).toHaveLength(1);
  });
});

describe('the time given', () => {
  test('a server that stays unavailable', async () => {
    const meet = async (mode: Mode) => {
      const stage = await scene(mode, { inputs: { 'timeout-seconds': '1' } });
      stage.cloud.setFaults(() => answer(503));
      const main = await stage.job.run(stage.inputs);
      const sent = stage.cloud.requests.length;
      const spent = unsettled(stage.where, 'time-spent', sent, 'the server answered HTTP 503');
      expect(main.log.at(-1)).toBe(`Error: ${spent} The post step will try again.`);
      expect(main.log.slice(0, -1)).toEqual(
        Array.from({ length: sent - 1 }, (_, index) => retryLine(index + 1, 'the server answered HTTP 503')),
      );
      expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', attempts: String(sent) } });
      const post = await onlyPost(stage.job);
      expect(stage.cloud.requests.length).toBeGreaterThan(sent);
      expect(post.log.at(-1)).toMatch(/^Warning: Not confirmed as ended: .* The time given was spent after /);
      expect(stage.cloud.openSessions()).toHaveLength(1);
    };
    await Promise.all(MODES.map(meet));
  });

  const stalls: readonly (readonly [string, Fault])[] = [
    ['no answer', { kind: 'silent', effect: false, ending: 'stall' }],
    ['a body that stops', { kind: 'cut-body', effect: false, ending: 'stall' }],
    ['an error whose body stops', { kind: 'cut-body', effect: false, ending: 'stall', status: 500 }],
    ['headers that trickle', { kind: 'slow-headers', effect: false, intervalMs: 100 }],
    ['a body that trickles', { kind: 'drip-body', effect: false, intervalMs: 200 }],
  ];
  test('no complete answer in time, in main and in post', async () => {
    const run = async ([name, fault]: readonly [string, Fault], when: string) => {
      const inputs = { 'timeout-seconds': '1', when };
      const stage = await scene('logout', { inputs, faults: [fault] });
      const { main, post } = await mainAndPost(stage);
      const step = when === 'now' ? main : post;
      expect([name, step.log]).toEqual([
        name,
        [expect.stringContaining(`${stage.where}. The time given was spent after 1 attempt: `)],
      ]);
      expect(main.exitCode).toBe(when === 'now' ? 1 : 0);
      expect(stage.cloud.openSessions()).toHaveLength(when === 'now' ? 0 : 1);
    };
    await Promise.all(stalls.flatMap((stall) => [run(stall, 'now'), run(stall, 'job-end')]));
  });
});

// On a clock that is five times as fast, so that a quarter of a minute is three seconds.
test('one attempt gets 15 seconds at most', async () => {
  const preload = `const { setTimeout } = globalThis;
    const uptime = process.uptime.bind(process);
    process.uptime = () => 5 * uptime();
    globalThis.setTimeout = (then, ms, ...more) => setTimeout(then, ms / 5, ...more);`;
  const stage = await scene('logout', {
    faults: [{ kind: 'silent', effect: true, ending: 'stall' }],
    job: { nodeArguments: ['--import', `data:text/javascript,${encodeURIComponent(preload)}`] },
  });
  const main = await stage.job.run(stage.inputs);
  expect(main.log).toEqual([
    retryLine(1, `no complete answer from ${host(stage.cloud)} came in time`),
    expect.stringMatching(/^Ended .* the answer to an earlier attempt was lost/),
  ]);
  expect(main.exitCode).toBe(0);
});

describe('an answer that was lost', () => {
  const losses: readonly (readonly [string, Fault])[] = [
    ['RST', { kind: 'silent', effect: true, ending: 'reset' }],
    ['FIN in the body', { kind: 'cut-body', effect: true, ending: 'close' }],
    ['a gateway’s 503', { ...answer(503), effect: true }],
    ['a gateway’s page', { ...answer(200, '<html></html>'), effect: true }],
  ];
  test.each(losses)('%s after the effect: already ended is ended', async (_name, fault) => {
    const stage = await scene('logout', { faults: [fault] });
    const result = await stage.job.run(stage.inputs);
    expect(result.log.at(-1)).toBe(
      `Ended ${stage.where} (2 attempts): the answer to an earlier attempt was lost, ` +
        'and the server now says that the session is gone (HTTP 401).',
    );
    expect(result).toMatchObject({ exitCode: 0, outputs: { result: 'ended', attempts: '2' } });
    expect(stage.cloud.requests.map(({ effect }) => effect)).toEqual(['session-ended', 'none']);
  });

  test('a refused password is refused, whatever was lost before', async () => {
    const inputs = { password: 'not-the-real-password' };
    const stage = await scene('logoutall', { inputs, faults: [answer(503)] });
    const { main } = await mainAndPost(stage);
    expect(main.outputs).toMatchObject({ result: 'failed', attempts: '2', 'status-code': '401' });
    expect(stage.cloud.requests).toHaveLength(2);
  });
});

// Attempts that cannot have reached the server cannot have ended the session.
describe('already ended after', () => {
  const ALREADY_ENDED = /^Error: Already ended: .*AUTH_01 .*\(\d+ attempts\)\./;

  test('a refused connection is already ended', async () => {
    const port = await unusedPort();
    const origin = `http://127.0.0.1:${port}`;
    const step = newJob().start({ mode: 'logout', 'server-url': origin, 'session-id': 'not-a-real-id' });
    const log: string[] = [];
    step.onOutput((line) => log.push(line));
    await printed(step, 'Trying again');
    const cloud = await startCloud({ port });
    const result = await step.finished;
    expect(log[0]).toContain(`127.0.0.1:${port} refused the connection: check server-url. Trying again in`);
    expect(result.log.at(-1)).toMatch(ALREADY_ENDED);
    expect(result).toMatchObject({ exitCode: 1, outputs: { result: 'already-ended' } });
    expect(cloud.requests).toHaveLength(1);
  });

  test('a name that was not resolved is already ended', async () => {
    const cloud = await startCloud({ publicHost: 'localhost' });
    const session = cloud.openSession(pipeline);
    cloud.endSession(session.sessionId);
    // A name server that knows the name only when asked again.
    const preload = `import dns from 'node:dns';
      const { lookup } = dns;
      dns.lookup = (name, options, done) => {
        dns.lookup = lookup;
        process.nextTick(done, Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
      };`;
    const job = newJob({
      nodeArguments: ['--import', `data:text/javascript,${encodeURIComponent(preload)}`],
    });
    const result = await job.run(logoutInputs(cloud, session));
    expect(result.log[0]).toContain(
      `Attempt 1: the name of ${host(cloud)} could not be resolved: check server-url, or the runner's proxy and DNS.`,
    );
    expect(result.log[1]).toMatch(ALREADY_ENDED);
    expect(result.outputs).toMatchObject({ result: 'already-ended', attempts: '2' });
  });
});
