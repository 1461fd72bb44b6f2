export type { Inputs } from './inputs.ts';
export { Job, type JobOptions, type PostOptions, type StepOptions } from './job.ts';
export type { Annotation, AnnotationLevel } from './step-log.ts';
export type { CancelLadder, RunningStep, StepResult } from './step-process.ts';
export { type Claims, githubClaims } from './token-claims.ts';
export {
  type IssuedToken,
  startTokenService,
  type TokenService,
  type TokenServiceOptions,
  type TokenVariables,
} from './token-service.ts';
export { visible } from './visible.ts';
export type { WorkflowCommand } from './workflow-commands.ts';
