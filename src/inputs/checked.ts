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

/** Several checks as one: all their values, or the problems of all of them, so that the user sees them at once. */
export function all<T extends object>(checks: { readonly [K in keyof T]: Checked<T[K]> }): Checked<T>;
export function all(checks: Readonly<Record<string, Checked<unknown>>>): Checked<object> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, check] of Object.entries(checks)) {
    if (check.ok) values[name] = check.value;
    else problems.push(...check.problems);
  }
  return problems.length === 0 ? valid(values) : invalid(...problems);
}
