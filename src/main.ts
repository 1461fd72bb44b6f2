import { errorName } from './edge/error-name.ts';
import { mainRunner } from './edge/main-runner.ts';
import { publish } from './edge/publish.ts';
import { realEffects } from './edge/real-effects.ts';
import { unexpectedReport } from './report/main-report.ts';
import { mainStep } from './steps/main-step.ts';

// A failure until the run has settled: whatever ends the process before is never green.
process.exitCode = 1;

mainStep(mainRunner, realEffects()).then(publish, (error) => publish(unexpectedReport(errorName(error))));
