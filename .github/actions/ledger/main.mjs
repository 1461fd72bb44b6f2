// Starts the simulator as a process of its own, and waits until it answers. Plain Node, so that nothing has to
// be built; the simulator itself needs what `npm ci` installs.
import { spawn } from 'node:child_process';
import { appendFileSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sampleOrganizations } from '../../../simulator/index.ts';

const STARTS_MS = 30_000;

const port = await freePort();
const loginUrl = `http://127.0.0.1:${port}`;
const log = join(process.env.RUNNER_TEMP, `simulator-${port}.log`);
const output = openSync(log, 'a');
const simulator = spawn(process.execPath, ['simulator/cli.ts', '--port', String(port), ...provider()], {
  cwd: fileURLToPath(new URL('../../..', import.meta.url)),
  detached: true,
  windowsHide: true,
  stdio: ['ignore', output, output],
});
// Saved before it answers: the post step ends it however this goes.
write('GITHUB_STATE', {
  pid: simulator.pid,
  log,
  sessions: `${loginUrl}/simulator/sessions`,
  opened: input('opened'),
});
await answers();
simulator.unref();

const [source, target] = sampleOrganizations.map(({ users }) => users[0]);
write('GITHUB_OUTPUT', {
  'login-url': loginUrl,
  // The simulator numbers its organizations.
  'organization-id': '000001',
  'source-username': source.username,
  'source-password': source.password,
  'target-username': target.username,
  'target-password': target.password,
});

function provider() {
  return ['provider-issuer', 'provider-keys', 'provider-claim', 'alias'].flatMap((name) =>
    input(name) === '' ? [] : [`--${name}`, input(name)],
  );
}

function input(name) {
  return (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
}

function write(file, values) {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  appendFileSync(process.env[file], lines.join(''));
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers() {
  const until = Date.now() + STARTS_MS;
  while (Date.now() < until && simulator.exitCode === null) {
    if (
      await fetch(`${loginUrl}/simulator/sessions`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await pause(100);
  }
  throw new Error(`The simulator did not start:\n${readFileSync(log, 'utf8')}`);
}
