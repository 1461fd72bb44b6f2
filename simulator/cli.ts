import { parseArgs } from 'node:util';
import {
  type IdentityProvider,
  type OrganizationOptions,
  type SeenRequest,
  type Simulator,
  sampleOrganizations,
  startSimulator,
} from './index.ts';
import { welcome } from './welcome.ts';

const usage = `Usage: npm run simulator -- [--port <0 to 65535>]
  [--provider-issuer <URL> --provider-keys <URL> --alias <what the token calls the first user> [--provider-claim <name>]]`;

interface Arguments {
  readonly port: number;
  readonly tokenLogin: TokenLogin | undefined;
}

/** Lets the first user of the first organization log in with a token. */
interface TokenLogin {
  readonly identityProvider: IdentityProvider;
  readonly aliasName: string;
}

const given = readArguments();
if (given === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await run(given);
}

/** The port is 0 (any free port) by default. Returns undefined if the arguments are invalid. */
function readArguments(): Arguments | undefined {
  try {
    const string = { type: 'string' } as const;
    const { values } = parseArgs({
      options: {
        port: { ...string, default: '0' },
        'provider-issuer': string,
        'provider-keys': string,
        'provider-claim': { ...string, default: 'sub' },
        alias: string,
      },
    });
    const port = Number(values.port);
    const { 'provider-issuer': issuer, 'provider-keys': keys, 'provider-claim': tokenClaim, alias } = values;
    if (!/^\d+$/.test(values.port) || port > 65_535) return undefined;
    if (issuer === undefined && keys === undefined && alias === undefined)
      return { port, tokenLogin: undefined };
    if (issuer === undefined || keys === undefined || alias === undefined) return undefined;
    const identityProvider = { issuer, keys, tokenClaim, matchType: 'aliasName' } as const;
    return { port, tokenLogin: { identityProvider, aliasName: alias } };
  } catch {
    return undefined;
  }
}

async function run({ port, tokenLogin }: Arguments): Promise<void> {
  try {
    const simulator = await startSimulator({
      port,
      organizations: organizationsWith(tokenLogin),
      onResponse: (request) => console.log(line(request, simulator)),
    });
    console.log(welcome(simulator));
    const stop = () => void simulator.close();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (reason) {
    console.error(
      `Cannot start on port ${port}: ${reason instanceof Error ? reason.message : String(reason)}`,
    );
    process.exitCode = 1;
  }
}

/** The sample organizations. A provider is registered in the first one, whose first user gets the alias. */
function organizationsWith(tokenLogin: TokenLogin | undefined): readonly OrganizationOptions[] {
  if (tokenLogin === undefined) return sampleOrganizations;
  const { identityProvider, aliasName } = tokenLogin;
  const [{ name, users }, ...others] = sampleOrganizations;
  const [pipeline, ...colleagues] = users;
  return [{ name, users: [{ ...pipeline, aliasName }, ...colleagues], identityProvider }, ...others];
}

/** One request in one line. The path is shortened, because a faulty client may have put a secret into it. */
function line({ method, path, responseStatus, effect }: SeenRequest, simulator: Simulator): string {
  const [head = ''] = path.split('?');
  const shown = head.replace(/[^/]{18,}/g, '…').slice(0, 80);
  const open = simulator.openSessions().length;
  const response = responseStatus ?? 'no response';
  return `${method} ${shown} -> ${response}, ${effect}, ${open} open session${open === 1 ? '' : 's'}`;
}
