/** Statuses that ask to retry later. */
export const RETRY_LATER: readonly number[] = [408, 425, 429];

/** Whether a status is in a class: 400 for 4xx. */
export function isWithin(statusCode: number, hundred: number): boolean {
  return statusCode >= hundred && statusCode < hundred + 100;
}
