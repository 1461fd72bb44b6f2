export {
  type ApiVersion,
  type Effect,
  type Organization,
  type OrganizationOptions,
  type Session,
  type SessionIds,
  sampleOrganizations,
  type User,
} from './cloud.ts';
export {
  type Ending,
  type Fault,
  type FaultScript,
  type Instead,
  inOrder,
  type SeenRequest,
} from './faults.ts';
export type { Answer, Headers } from './messages.ts';
export { type Simulator, type SimulatorOptions, startSimulator } from './server.ts';
export { defaultSettings, type Settings } from './settings.ts';
