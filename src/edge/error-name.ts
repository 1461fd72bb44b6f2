/** What may be said of an unexpected error: its message could hold anything. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'no error object';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
