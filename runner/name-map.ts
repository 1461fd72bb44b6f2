/** A map that ignores the case of names, as the runner does: the first spelling stays, the last value counts. */
export class NameMap extends Map<string, string> {
  override set(name: string, value: string): this {
    const known = [...this.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
    return super.set(known ?? name, value);
  }
}

/** Throws the runner's error if the name is empty. */
export function requireName(name: string): void {
  if (name === '') throw new Error("Value cannot be null. (Parameter 'name')");
}
