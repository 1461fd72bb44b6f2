import * as fc from 'fast-check';

/** One of some values, each as often as its weight says. */
export function weighted<T>(...choices: readonly (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** Values between blanks; two blanks have an empty value between them. */
export function words(text: string): string[] {
  return text.split(' ');
}

export function oneOf(text: string): fc.Arbitrary<string> {
  return fc.constantFrom(...words(text));
}
