export type Inputs = Readonly<Record<string, string>>;

/** The variable of an input: upper case, spaces become `_`, hyphens stay. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/**
 * The `INPUT_*` variables of a step: the given inputs and the defaults of the others. As in the runner, the case of
 * names is ignored, `required` is not enforced, and undeclared inputs are passed on.
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
 * Invalid values for all inputs, so that a post step that reads inputs fails a test. The runner evaluates inputs again
 * for the post step, and wrongly in nested composite actions.
 */
export function garbageInputs(defaults: ReadonlyMap<string, string>): Inputs {
  return Object.fromEntries(
    [...defaults.keys()].map((name) => [name, `not the ${name} that main was given`]),
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
