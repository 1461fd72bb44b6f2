/** The result of a check: the value, or every problem found, each a sentence for the user. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

export function valid<T>(value: T): Checked<T> {
  return { ok: true, value };
}

export function invalid(...problems: readonly string[]): Checked<never> {
  return { ok: false, problems };
}

/** Collects the problems of several checks, so that the user sees all of them at once. */
export function problemsOf(...checks: readonly Checked<unknown>[]): Checked<never> {
  return invalid(...checks.flatMap((check) => (check.ok ? [] : check.problems)));
}
