export type { AccessToken } from './access-tokens.ts';
export type { ApiVersion, Effect, Session } from './cloud.ts';
export type { PasswordUse, TokenUse } from './credentials.ts';
export {
  type Ending,
  type Fault,
  type FaultScript,
  type Instead,
  inOrder,
  type SeenRequest,
} from './faults.ts';
export type { Body, Headers, HttpResponse } from './messages.ts';
export {
  type Organization,
  type OrganizationOptions,
  type SessionIds,
  sampleOrganizations,
  type User,
} from './organizations.ts';
export type { IdentityProvider, SigningAlgorithm } from './providers.ts';
export { type Simulator, type SimulatorOptions, startSimulator } from './server.ts';
export { defaultSettings, type Product, type Settings } from './settings.ts';
