import { mainRunner } from './edge/main-runner.ts';
import { publish } from './edge/publish.ts';
import { realEffects } from './edge/real-effects.ts';
import { unexpectedReport } from './report/main-report.ts';
import { mainStep } from './steps/main-step.ts';

// Fails the step if the process ends before the run has settled.
process.exitCode = 1;

mainStep(mainRunner, realEffects()).then(publish, (error) => publish(unexpectedReport(error)));
