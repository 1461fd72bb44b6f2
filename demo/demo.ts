import { startTokenService } from '../runner/index.ts';
import { sampleOrganizations, startSimulator } from '../simulator/index.ts';
import { Stage } from './stage.ts';

/**
 * `npm run demo`: a promotion from a source organization to a target, with the committed bundles and a simulated cloud.
 * Shows the log that users would see. Exits with 1 if a session stays open or a step goes wrong.
 */
const ENVIRONMENT = 'repo:octo-org@1234567/data-pipelines@7654321:environment:prod';
const [source, target] = sampleOrganizations;
const [developer] = source.users;
const deployer = { ...target.users[0], aliasName: ENVIRONMENT };

const github = await startTokenService({ claims: { sub: ENVIRONMENT } });
const identityProvider = { issuer: github.issuer, keys: github.keysUrl, matchType: 'aliasName' } as const;
const cloud = await startSimulator({
  organizations: [source, { ...target, users: [deployer], identityProvider }],
});
const targetId = cloud.organizations.find(({ name }) => name === target.name)?.orgUuid ?? '';
const stage = new Stage(cloud, github);

try {
  stage.say(`An Informatica Cloud on this machine: ${cloud.loginUrl}`);
  stage.say('Two runners were shut down in the middle of their jobs, and nothing could log out.');
  cloud.openSession(deployer);
  cloud.openSession(deployer);
  stage.showLedger({ open: 2 });

  await stage.job('promote', { 'id-token': 'write' }, async (steps) => {
    await steps.action('Log in to the source, with a password', 'opened', {
      mode: 'login',
      'api-version': '3',
      'login-url': cloud.loginUrl,
      username: developer.username,
      password: developer.password,
      'session-id-variable': 'sessionId',
      'server-url-variable': 'IICS_POD_URL',
    });
    await steps.action('Log in to the target, without a password', 'opened', {
      mode: 'login',
      'login-url': cloud.loginUrl,
      'organization-id': targetId,
      'session-id-variable': 'uat_sessionId',
      'server-url-variable': 'UAT_IICS_POD_URL',
    });
    steps.work(
      'Promote and test',
      ['sessionId', 'uat_sessionId'],
      [
        'Pulled the commit into the target',
        'Error: 1 of 12 mapping tests failed',
        'Error: Process completed with exit code 1.',
      ],
    );
  });
  stage.showLedger({ open: 2 });

  await stage.job('sweep', {}, async (steps) => {
    await steps.action('End every session of the target', 'ended', {
      mode: 'logoutall',
      'login-url': cloud.loginUrl,
      username: deployer.username,
      password: deployer.password,
    });
  });
  stage.showLedger({ open: 0 });
} finally {
  await cloud.close();
  await github.close();
}
process.exitCode = stage.isAsItShouldBe() ? 0 : 1;
