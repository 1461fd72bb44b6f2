import { errorV2, refusal } from './errors.ts';
import { type Outcome, type Request, success, type World } from './messages.ts';
import { readCredentials, refuseBody } from './reading.ts';
import { openingV2 } from './user-object.ts';

const codes = { rejected: 'UI_10000', locked: 'UI_10000' };

export function login(request: Request, world: World): Outcome {
  const credentials = readCredentials(request, 'login');
  if (!credentials.ok) return refuseBody(errorV2, credentials);
  const authentication = world.cloud.authenticate(...credentials.values);
  return authentication.result === 'accepted'
    ? openingV2(authentication, world)
    : refusal(authentication, world.settings.badCredentialsStatus, errorV2, codes);
}

export function logoutall(request: Request, { cloud, settings }: World): Outcome {
  const given = readCredentials(request, 'logout');
  if (!given.ok) return refuseBody(errorV2, given);
  const authentication = cloud.authenticate(...given.values);
  if (authentication.result !== 'accepted')
    return refusal(authentication, settings.badCredentialsStatus, errorV2, codes);
  const { organization, credentials } = authentication;
  return {
    response: success(settings.logoutallSuccess),
    effect: { kind: 'sessions-ended', organization: organization.name, credentials },
  };
}
