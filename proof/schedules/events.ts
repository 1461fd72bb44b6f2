/** What can happen to a request on its way, and to the step that waits for it. */
export const IN_FLIGHT = [
  'ended',
  'answer-lost',
  'request-lost',
  'connection-refused',
  'gateway-error-before',
  'gateway-error-after',
  'html',
  'too-many-requests',
  'retry-after-fits',
  'retry-after-too-long',
  'stall',
  'drop-in-body',
  'error-401',
  'error-403-auth-01',
  'empty-401',
  'error-403',
  'error-under-200',
  'error-401-under-500',
  'redirect',
  'cancel-in-flight',
  'kill-before-effect',
  'kill-after-effect',
] as const;

/** What can happen while a step waits for its next attempt. SIGINT and SIGTERM are one to the decision code. */
export const WAITING = ['cancel-while-waiting', 'kill-while-waiting'] as const;

export type InFlight = (typeof IN_FLIGHT)[number];
export type Waiting = (typeof WAITING)[number];
export type Event = InFlight | Waiting;

export function isWaiting(event: Event | undefined): event is Waiting {
  return event === 'cancel-while-waiting' || event === 'kill-while-waiting';
}
