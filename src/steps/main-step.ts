import type { Effects } from '../exchange/effects.ts';
import { TimeLimit } from '../exchange/time-limit.ts';
import { secretsIn } from '../inputs/secrets.ts';
import { summaryWanted } from '../inputs/settings.ts';
import { VARIABLE_INPUTS } from '../inputs/variables.ts';
import { inputsReport } from '../report/main-report.ts';
import { type Report, withSummary } from '../report/report.ts';
import { validateInputs } from '../requests/validate-inputs.ts';
import { endSession } from './end-session.ts';
import { openSession } from './open-session.ts';
import type { MainRunner } from './runner.ts';

/** The main step. Outputs are set before the step fails, so that `continue-on-error` leaves something to look at. */
export async function mainStep(runner: MainRunner, effects: Effects): Promise<Report> {
  const report = await run(runner, effects);
  runner.setOutputs(report.outputs);
  return report;
}

/** Every secret in the inputs is masked before anything is printed or saved. */
async function run(runner: MainRunner, effects: Effects): Promise<Report> {
  const startedMs = effects.clock.nowMs();
  const values = runner.readInputs();
  for (const secret of secretsIn(values)) runner.mask(secret);

  const variables = VARIABLE_INPUTS.map((input) => values[input].trim());
  const alreadySet = variables.filter((name) => name !== '' && runner.hasVariable(name));
  const inputs = validateInputs(values);
  if (!inputs.ok) return inputsReport(inputs.problems, alreadySet, summaryWanted(values));
  const { task, settings, notes } = inputs.value;
  const url = task.kind === 'end' ? task.request.http.url : task.login.loginUrl;
  const proxyProblems = runner.proxyProblems(url);
  if (proxyProblems.length > 0) return inputsReport(proxyProblems, alreadySet, settings.summary);
  for (const note of [...notes, ...runner.proxyNotes(url)]) runner.info(note);

  const limit = new TimeLimit(startedMs + settings.timeoutMs, effects.clock, effects.cancelled);
  const context = { settings, limit, runner, effects };
  switch (task.kind) {
    case 'end':
      return withSummary(await endSession(task.request, inputs.value.forPost, context), settings);
    case 'open':
      return withSummary(await openSession(task.login, alreadySet, context), settings);
  }
}
