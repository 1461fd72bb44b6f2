import type { Effects } from '../exchange/effects.ts';
import { secretsIn } from '../inputs/secrets.ts';
import { inputsReport } from '../report/main-report.ts';
import type { Report } from '../report/report.ts';
import { validateInputs } from '../requests/validate-inputs.ts';
import { endSession } from './end-session.ts';
import { openSession } from './open-session.ts';
import type { MainRunner } from './runner.ts';

/** The main step. Outputs are set before it fails, so that `continue-on-error` leaves something to look at. */
export async function mainStep(runner: MainRunner, world: Effects): Promise<Report> {
  const report = await work(runner, world);
  runner.setOutputs(report.outputs);
  return report;
}

/** Everything secret in the inputs is masked before anything is printed or saved. */
async function work(runner: MainRunner, world: Effects): Promise<Report> {
  const startedMs = world.clock.nowMs();
  const values = runner.readInputs();
  for (const secret of secretsIn(values)) runner.mask(secret);

  const variables = [values['session-id-variable'].trim(), values['server-url-variable'].trim()];
  const alreadySet = variables.filter((name) => name !== '' && runner.hasVariable(name));
  const order = validateInputs(values);
  if (!order.ok) return inputsReport(order.problems, alreadySet);
  const { task: asked, notes } = order.value;
  const url = asked.kind === 'end' ? asked.request.http.url : asked.login.loginUrl;
  const proxyProblems = runner.proxyProblems(url);
  if (proxyProblems.length > 0) return inputsReport(proxyProblems, alreadySet);
  for (const note of notes) runner.info(note);

  switch (asked.kind) {
    case 'end':
      return await endSession(asked.request, order.value, startedMs, runner, world);
    case 'open':
      return await openSession(asked.login, order.value.settings, alreadySet, startedMs, runner, world);
  }
}
