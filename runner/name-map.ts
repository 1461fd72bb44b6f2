/** Values by names that differ by more than case: the first spelling of a name stays, its last value counts. */
export class NameMap extends Map<string, string> {
  override set(name: string, value: string): this {
    const known = [...this.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
    return super.set(known ?? name, value);
  }
}

/** Throws the runner's error about a name that is empty. */
export function requireName(name: string): void {
  if (name === '') throw new Error("Value cannot be null. (Parameter 'name')");
}
