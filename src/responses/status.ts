/** Statuses after which trying again later is the usual thing. */
export const RETRY_LATER: readonly number[] = [408, 425, 429];

/** Whether a status is in a hundred, as in 4xx. */
export function isWithin(statusCode: number, hundred: number): boolean {
  return statusCode >= hundred && statusCode < hundred + 100;
}
