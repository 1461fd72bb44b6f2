import { DEFAULTS, sameRequest, sendWithRetries } from '../exchange/exchange.ts';
import type { InputValues } from '../inputs/values.ts';
import { validateInputs } from '../requests/validate-inputs.ts';
import type { LoginStep } from './open-session.ts';
import { settledAs } from './settled.ts';

/** Ends a session that a login has just opened, with what is left of the time. True if the server confirmed it. */
export async function endAtOnce({ limit, runner, world }: LoginStep, logout: InputValues): Promise<boolean> {
  const order = validateInputs(logout);
  if (!order.ok || order.value.task.kind !== 'end') return false;
  const terms = { ...DEFAULTS, deadlineMs: limit.endMs, onCancel: 'hurry' } as const;
  const outcome = await sendWithRetries(sameRequest(order.value.task.request), terms, world);
  const as = settledAs(outcome);
  const isEnded = as === 'ended' || as === 'already-ended';
  if (isEnded) runner.saveState({ kind: 'settled', as });
  return isEnded;
}
