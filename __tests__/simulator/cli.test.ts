import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { startTokenService } from '../../runner/index.ts';
import { sampleOrganizations } from '../../simulator/index.ts';
import { compiled } from '../compiled.ts';
import { call, jsonHeaders } from './client.ts';

const cli = compiled(new URL('../../simulator/cli.ts', import.meta.url));
const [{ users }] = sampleOrganizations;
const [user] = users;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(...args: string[]) {
  const child = spawn(process.execPath, [cli, ...args]);
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (bytes) => {
    output.out += String(bytes);
  });
  child.stderr.on('data', (bytes) => {
    output.err += String(bytes);
  });
  const shown = async (pattern: RegExp) => {
    while (!pattern.test(output.out)) await once(child.stdout, 'data');
    return output.out.match(pattern)?.[1] ?? '';
  };
  return { child, output, shown, ended: once(child, 'close') };
}

// A process has to start, on whatever machine: the time-out is only there to end a test that hangs.
jest.setTimeout(30_000);

describe('npm run simulator', () => {
  test('shows how to use it, then a line for each request without any secret', async () => {
    const { child, output, shown, ended } = start('--port', '0');
    const loginUrl = await shown(/Login URL: +(\S+)/);
    await shown(/password: (\S+)\n/);
    const welcome = output.out.length;
    const body = JSON.stringify({ '@type': 'login', ...user });
    const { body: response } = await call(`${loginUrl}/ma/api/v2/user/login`, { body });
    const icSessionId = response.match(/"icSessionId":"([^"]+)"/)?.[1] ?? '';
    await call(`${loginUrl}/saas/${icSessionId}?password=${user.password}`);
    await call(`${loginUrl}/saas/api/v2/user/logout`, { headers: { ...jsonHeaders, icSessionId } });
    await shown(/session-ended(.*)\n/);
    expect(output.out.slice(welcome).trim().split('\n')).toEqual([
      'POST /ma/api/v2/user/login -> 200, session-opened, 1 open session',
      'POST /saas/… -> 404, none, 1 open session',
      'POST /saas/api/v2/user/logout -> 200, session-ended, 0 open sessions',
    ]);
    child.kill('SIGTERM');
    // Windows has no signals: the process is ended from outside.
    expect(await ended).toEqual(process.platform === 'win32' ? [null, 'SIGTERM'] : [0, null]);
  });

  test('lets the first user log in with a token of the provider that it is given', async () => {
    const github = await startTokenService();
    const alias = '7654321';
    const { child, output, shown, ended } = start(
      ...['--provider-issuer', github.issuer, '--provider-keys', github.keysUrl],
      ...['--provider-claim', 'repository_id', '--alias', alias],
    );
    const loginUrl = await shown(/Login URL: +(\S+)/);
    const audience = await shown(/audience (\S+), whose repository_id is the aliasName/);
    const orgId = audience.split('/').at(-1);
    await shown(/simulator\/sessions(\n)/);
    const token = await github.sign(audience, { repository_id: alias });
    const body = JSON.stringify({ orgId, oauthToken: token });
    expect(await call(`${loginUrl}/ma/api/v2/user/loginOAuth`, { body })).toMatchObject({ status: 200 });
    const ledger = await call(`${loginUrl}/simulator/sessions`, { method: 'GET' });
    expect(JSON.parse(ledger.body)).toEqual({
      open: [{ organization: 'Source Organization', username: user.username, api: 'v2' }],
      openedInAll: 1,
    });
    expect(output.out).not.toContain(token);
    child.kill('SIGTERM');
    await ended;
    await github.close();
  });

  test('says what is wrong with a provider', async () => {
    const provider = ['--provider-issuer', 'https://a.example', '--provider-keys', 'https://b.example/k'];
    const { output, ended } = start(...provider, '--alias', 'x');
    expect(await ended).toEqual([1, null]);
    expect(output).toEqual({ out: '', err: expect.stringContaining('issuer must be a subset of keys') });
  });

  test.each([['--prt', '1'], ['--port', 'x'], ['--port', '65536'], ['8080'], ['--alias', 'x']])(
    '%s %s is refused',
    async (...args) => {
      const { output, ended } = start(...args);
      expect(await ended).toEqual([2, null]);
      expect(output).toEqual({
        out: '',
        err: expect.stringMatching(/^Usage: npm run simulator -- \[--port <0 to 65535>\]\n/),
      });
    },
  );
});
