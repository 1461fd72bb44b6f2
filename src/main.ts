import { setFailed } from '@actions/core';
import { errorName } from './edge/attempt.ts';
import { mainRunner, publishMain } from './edge/main-runner.ts';
import { exit, realWorld } from './edge/world.ts';
import { mainStep } from './steps/main-step.ts';

// A failure until the run has settled as a success: whatever ends the process before is never green.
process.exitCode = 1;

mainStep(mainRunner, realWorld())
  .then((report) => {
    publishMain(report);
    if (report.level === 'info') process.exitCode = 0;
  })
  .catch((error) => setFailed(`The action failed unexpectedly (${errorName(error)}).`))
  .finally(exit);
