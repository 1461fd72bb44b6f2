export type Inputs = Readonly<Record<string, string>>;

/** An input's variable, as the runner names it: blanks become `_`, upper-cased, hyphens kept. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/**
 * The `INPUT_*` variables of a step: what was given, then the defaults of what was not. As in the runner, names are
 * compared without regard to case, `required` is not enforced, and inputs the action does not declare are handed on.
 */
export function inputEnvironment(defaults: ReadonlyMap<string, string>, given: Inputs): Inputs {
  const variables = [...defaults, ...Object.entries(given)].map(([name, value]) => [
    inputVariable(name),
    value,
  ]);
  return Object.fromEntries(variables);
}

/** The runner's warning about inputs that `action.yml` does not declare, if there are any. */
export function unexpectedInputs(defaults: ReadonlyMap<string, string>, given: Inputs): string | undefined {
  const valid = new Set([...defaults.keys()].map(inputVariable));
  const unexpected = Object.keys(given).filter((name) => !valid.has(inputVariable(name)));
  if (unexpected.length === 0) return undefined;
  return `Unexpected input(s) ${quoted(unexpected)}, valid inputs are [${quoted([...defaults.keys()])}]`;
}

/**
 * Inputs that no action can do anything sensible with. The runner evaluates inputs anew for the post step, and inside
 * nested composite actions gets them wrong: a post step that reads inputs should be noticed.
 */
export function garbageInputs(defaults: ReadonlyMap<string, string>): Inputs {
  return Object.fromEntries(
    [...defaults.keys()].map((name) => [name, `not the ${name} that main was given`]),
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
