import { parseArgs } from 'node:util';
import { type SeenRequest, type Simulator, startSimulator } from './index.ts';

const port = readPort();
if (port === undefined) {
  console.error('Usage: npm run simulator -- [--port <0 to 65535>]');
  process.exitCode = 2;
} else {
  await run(port);
}

/** The port asked for, 0 (any free one) where none is, undefined where the arguments make no sense. */
function readPort(): number | undefined {
  try {
    const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
    const number = Number(values.port);
    return /^\d+$/.test(values.port) && number <= 65_535 ? number : undefined;
  } catch {
    return undefined;
  }
}

async function run(port: number): Promise<void> {
  try {
    const simulator = await startSimulator({
      port,
      onAnswered: (request) => console.log(line(request, simulator)),
    });
    console.log(welcome(simulator));
    const stop = () => void simulator.close();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (reason) {
    console.error(
      `Cannot listen on port ${port}: ${reason instanceof Error ? reason.message : String(reason)}`,
    );
    process.exitCode = 1;
  }
}

function welcome({ loginUrl, serverUrl, organizations }: Simulator): string {
  const accounts = organizations.flatMap(({ name, users }) =>
    users.map(({ username, password }) => `  ${name}: ${username} / ${password}`),
  );
  const user = organizations[0]?.users[0];
  const login = JSON.stringify({ '@type': 'login', ...user });
  return `An Informatica Cloud for this machine. Ctrl+C ends it.

Login URL:  ${loginUrl}
Server URL: ${serverUrl}

Accounts (user name / password):
${accounts.join('\n')}

Open a session; the answer has its icSessionId:
  curl -H 'Content-Type: application/json' -d '${login}' ${loginUrl}/ma/api/v2/user/login

Inputs of the action that end it:
  mode: logout
  server-url: ${serverUrl}
  session-id: <icSessionId>

Inputs of the action that end every session of the organization:
  mode: logoutall
  login-url: ${loginUrl}
  username: ${user?.username}
  password: ${user?.password}
`;
}

/** One request in one line. Only the head of the path is shown, as a wrong client may have put a secret in it. */
function line({ method, path, answeredStatus, effect }: SeenRequest, simulator: Simulator): string {
  const [head = ''] = path.split('?');
  const shown = head.replace(/[^/]{17,}/g, '…').slice(0, 80);
  const open = simulator.openSessions().length;
  const answer = answeredStatus ?? 'no answer';
  return `${method} ${shown} -> ${answer}, ${effect}, ${open} open session${open === 1 ? '' : 's'}`;
}
