import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { privateAuthority } from '../../simulator/certificate.ts';
import {
  actionDirectory,
  afterwards,
  inputsToEnd,
  newJob,
  onlyPost,
  outcomeOf,
  pipeline,
  printed,
  RESPONSE_LOST,
  startCloud,
} from './support.ts';

// Images of other forges start an action with the Node that they have, whatever `runs.using` says. `.ci/tools.sh`
// installs these two; the Node that runs the tests is played as well.
const installed = ['node-16', 'node-18'].map((name) =>
  join(actionDirectory, '.ci', 'tools', 'node_modules', name, 'bin', 'node'),
);
const nodes = [process.execPath, ...installed.filter((node) => existsSync(node))];

/** A cloud that only a name and a private authority lead to, and the job option that trusts it. */
async function cloudOverTls() {
  const authority = privateAuthority();
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  afterwards(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'authority.pem');
  writeFileSync(file, authority.cert);
  const cloud = await startCloud({ publicHost: 'localhost', tls: authority.issue() });
  return { cloud, env: { NODE_EXTRA_CA_CERTS: file } };
}

describe.each(nodes)('%s', (node) => {
  test('opens a session and ends two, over TLS', async () => {
    const { cloud, env } = await cloudOverTls();
    const session = cloud.openSession(pipeline);
    const job = newJob({ node, env });
    const login = await job.run({ mode: 'login', 'login-url': cloud.loginUrl, ...pipeline });
    const logout = await job.run(inputsToEnd(session, cloud));
    expect(login.log).toContainEqual(expect.stringMatching(/^Opened a session/));
    expect(login.outputs).toMatchObject({ result: 'opened', 'session-id': expect.stringMatching(/./) });
    expect(outcomeOf(logout)).toBe('Ended');
    expect(cloud.openSessions()).toHaveLength(1);
    const [postOfLogout, postOfLogin] = await job.posts();
    expect(postOfLogout?.log).toEqual([expect.stringMatching(/^Nothing to clean up/)]);
    expect(outcomeOf({ log: postOfLogin?.log ?? [] })).toBe('Ended');
    expect(cloud.openSessions()).toEqual([]);
    for (const step of [login, logout, postOfLogout, postOfLogin]) {
      expect(step).toMatchObject({ exitCode: 0, stderr: '' });
    }
  });

  test('a lost connection is retried, and a cancelled step still ends the session', async () => {
    const { cloud, env } = await cloudOverTls();
    cloud.setFaults((_request, index) => (index < 2 ? { ...RESPONSE_LOST, effect: false } : undefined));
    const job = newJob({ node, env });
    const step = job.start(inputsToEnd(cloud.openSession(pipeline), cloud));
    await printed(step, 'Attempt 2');
    step.signal('SIGINT');
    const main = await step.finished;
    expect(outcomeOf(main)).toBe('Ended');
    const [post] = await job.posts();
    expect(post).toMatchObject({ exitCode: 0, stderr: '' });
    expect(cloud.openSessions()).toEqual([]);
  });

  test('a response in gzip, which was not requested, opens a session and ends it', async () => {
    const { cloud, env } = await cloudOverTls();
    cloud.setFaults(() => ({
      kind: 'response',
      effect: true,
      headers: [['Content-Encoding', 'gzip']],
      body: (truth) => gzipSync(truth),
    }));
    const job = newJob({ node, env });
    const main = await job.run({ mode: 'login', 'login-url': cloud.loginUrl, ...pipeline });
    expect(main).toMatchObject({ exitCode: 0, stderr: '', outputs: { result: 'opened' } });
    expect(outcomeOf(await onlyPost(job))).toBe('Ended');
    expect(cloud.openSessions()).toEqual([]);
  });

  test.each(['of another authority', 'without any in NODE_EXTRA_CA_CERTS'])(
    'a certificate %s fails twice, and is named',
    async (which) => {
      const { cloud } = await cloudOverTls();
      const { env } = which === 'of another authority' ? await cloudOverTls() : { env: {} };
      const job = newJob({ node, env });
      const main = await job.run({ mode: 'login', 'login-url': cloud.loginUrl, ...pipeline });
      expect(main).toMatchObject({ exitCode: 1, stderr: '', outputs: { attempts: '2' } });
      expect(main.log.at(-1)).toMatch(/^Error: Not opened: .*certificate .*\b[A-Z]+_[A-Z_]+\b/);
      expect(main.log.join('\n')).not.toContain('unexpectedly');
      expect(cloud.requests).toEqual([]);
    },
  );
});
