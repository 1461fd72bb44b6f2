import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Job } from '../../runner/index.ts';
import {
  actionDirectory,
  afterwards,
  inputsToEnd,
  onlyPost,
  outcomeOf,
  pipeline,
  preloading,
  respondWith,
  scene,
  startCloud,
} from './support.ts';

const read = (path: string) => readFileSync(join(actionDirectory, path), 'utf8');
const action = parse(read('action.yml'));

describe('action.yml', () => {
  test('names what there is', () => {
    expect(action).toMatchObject({ name: 'Informatica Cloud Session', description: expect.any(String) });
    expect(action.branding).toEqual({ icon: expect.any(String), color: expect.any(String) });
    expect(action.runs).toMatchObject({ using: 'node24', 'post-if': 'always()' });
    for (const script of [action.runs.main, action.runs.post]) {
      expect(existsSync(join(actionDirectory, script))).toBe(true);
      // The licenses of the bundled packages are next to the bundle.
      expect(read(join(script, '..', 'licenses.txt'))).toContain('@actions/core');
    }
  });

  test('has these inputs and defaults', () => {
    const inputs = Object.entries<Record<string, unknown>>(action.inputs);
    const defaults = inputs.map(([name, input]) => [name, input['required'] ?? input['default']]);
    expect(Object.fromEntries(defaults)).toEqual({
      mode: true,
      when: 'now',
      'api-version': '2',
      'server-url': undefined,
      'session-id': undefined,
      'login-url': undefined,
      username: undefined,
      password: undefined,
      'organization-id': undefined,
      'oauth-token': undefined,
      audience: undefined,
      'session-id-variable': undefined,
      'server-url-variable': undefined,
      'access-token': 'false',
      'access-token-variable': undefined,
      verify: 'auto',
      'timeout-seconds': '60',
      'allow-already-ended': 'false',
      'on-cleanup-failure': 'warn',
      'trusted-hosts': undefined,
      summary: 'true',
    });
  });

  test('declares the outputs that are set', async () => {
    const { cloud, job, inputs } = await scene('logout');
    const logout = await job.run(inputs);
    const login = await job.run({ mode: 'login', 'login-url': cloud.loginUrl, ...pipeline });
    const ofLogin = Object.keys(login.outputs);
    expect(ofLogin.sort()).toEqual(Object.keys(action.outputs).sort());
    expect(ofLogin).toEqual(expect.arrayContaining(Object.keys(logout.outputs)));
  });
});

test('the version is that of the package, and the server is told it', async () => {
  const { name, version } = JSON.parse(read('package.json'));
  expect(read('src/version.ts')).toContain(`'${version}'`);
  const stage = await scene('logout');
  await stage.job.run(stage.inputs);
  expect(stage.cloud.requests[0]?.headers['user-agent']).toBe(`${name}/${version}`);
});

/** A job that runs a copy of the action in another folder, with nothing but action.yml and dist. */
function jobOfCopy(): { readonly job: Job; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'action-'));
  afterwards(() => rmSync(folder, { recursive: true }));
  for (const path of ['action.yml', 'dist']) {
    cpSync(join(actionDirectory, path), join(folder, path), { recursive: true });
  }
  const job = new Job({ actionDirectory: folder });
  afterwards(() => job.dispose());
  return { job, folder };
}

test('the action needs nothing but action.yml and dist', async () => {
  const cloud = await startCloud();
  const { job } = jobOfCopy();
  await job.run(inputsToEnd(cloud.openSession(pipeline), cloud, { when: 'job-end' }));
  await job.run(inputsToEnd(cloud.openSession(pipeline), cloud));
  const posts = await job.posts();
  expect(posts.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual([
    { exitCode: 0, stderr: '' },
    { exitCode: 0, stderr: '' },
  ]);
  expect(cloud.openSessions()).toEqual([]);
});

test.each([
  ['warn', 0, 'Warning: '],
  ['fail', 1, 'Error: '],
])('a file that is missing for the clean-up, on-cleanup-failure: %s', async (onFailure, exitCode, level) => {
  const cloud = await startCloud();
  const { job, folder } = jobOfCopy();
  const settings = { when: 'job-end', 'on-cleanup-failure': onFailure };
  await job.run(inputsToEnd(cloud.openSession(pipeline), cloud, settings));
  rmSync(join(folder, 'dist/post/run-post-step.cjs'));
  const post = await onlyPost(job);
  expect(post).toMatchObject({ exitCode, stderr: '' });
  expect(post.log).toEqual([expect.stringMatching(`^${level}The clean-up failed .+ may still be open`)]);
  expect(cloud.openSessions()).toHaveLength(1);
});

describe('whatever goes wrong in the process, main is not green', () => {
  test.each([
    [
      'the event loop drains',
      `import http from 'node:http'; import { EventEmitter } from 'node:events';
      const { setTimeout } = globalThis;
      globalThis.setTimeout = (...all) => setTimeout(...all).unref();
      http.request = () => Object.assign(new EventEmitter(), { end() {}, destroy() {}, write() {}, setHeader() {} });`,
    ],
    ['something throws', `Math.random = () => { throw new Error('not-a-real-secret'); };`],
    ['something throws out of turn', `setTimeout(() => { throw new Error('x'); }, 300);`],
    ['something is rejected', `setTimeout(() => Promise.reject(new Error('x')), 300);`],
  ])('%s', async (_name, code) => {
    const job = preloading(code);
    const faults = [respondWith(503, '', { 'Retry-After': '3' })];
    const stage = await scene('logout', { job, faults });
    const main = await stage.job.run(stage.inputs);
    expect(main.exitCode).toBe(1);
    expect(main.log.join('\n')).not.toContain('not-a-real-secret');
    // And the post step can end the session.
    expect(main.stateFile).toContain(stage.session.sessionId);
  });

  test('what cannot be written down is a warning', async () => {
    const code = `import fs from 'node:fs';
      const fail = () => { throw Object.assign(new Error('not-a-real-secret'), { code: 'ENOSPC' }); };
      fs.appendFileSync = fail;`;
    const stage = await scene('logout', { job: preloading(code) });
    const main = await stage.job.run(stage.inputs);
    expect(main.log).toContain('Warning: Could not save the state (ENOSPC).');
    expect(outcomeOf(main)).toBe('Ended');
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});
