export type { Inputs } from './inputs.ts';
export { Job, type JobOptions, type PostOptions } from './job.ts';
export type { Annotation, AnnotationLevel } from './step-log.ts';
export type { CancelLadder, RunningStep, StepResult } from './step-process.ts';
export { visible } from './visible.ts';
export type { WorkflowCommand } from './workflow-commands.ts';
