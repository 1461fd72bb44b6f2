import { categories, replaceInvisible } from './unicode.ts';

/** A run of a secret as long as this counts as the secret. */
const RUN = 8;

/** What a text from the server must not repeat. */
export interface Secret {
  readonly secret: string;
  /** Ordinary words of a password may stand in a text that does not repeat it. */
  readonly secretIsPassword: boolean;
}

/** In upper case and without blanks, because hosts and headers come in any case. */
function squeezed(text: string): string {
  return replaceInvisible(text, '').toUpperCase();
}

/** Whether a text contains the whole secret, or equals it if the secret is shorter than 8 characters. */
export function hasWholeSecret(text: string, { secret }: Secret): boolean {
  const wanted = squeezed(secret);
  return wanted.length < RUN ? squeezed(text) === wanted : squeezed(text).includes(wanted);
}

/** Returns a function that tells whether a text repeats a run of the secret: 8 characters, or the whole of a shorter one. */
export function repetitionFinder({ secret, secretIsPassword }: Secret): (text: string) => boolean {
  const wanted = squeezed(secret);
  if (wanted === '') return () => false;
  const length = Math.min(RUN, wanted.length);
  const runs = new Set(
    Array.from({ length: wanted.length - length + 1 }, (_, at) => wanted.slice(at, at + length)),
  );
  return (given) => {
    const text = squeezed(given);
    const hits = Array.from({ length: text.length }, (_, at) => at).filter((at) =>
      runs.has(text.slice(at, at + length)),
    );
    if (!secretIsPassword || hits.length === 0) return hits.length > 0;
    const words = new WordBounds(given);
    const found = hits.map((from) => ({ from, end: endOfRun(text, from, wanted) }));
    // A run that ends where the previous one ends is a part of it.
    const longest = found.filter(({ end }, index) => end !== found[index - 1]?.end);
    return longest.some(({ from, end }) => end - from === wanted.length || !words.areWhole(from, end));
  };
}

/** Where the longest run of the secret ends that begins here. */
function endOfRun(text: string, from: number, wanted: string): number {
  let end = from + 1;
  while (end < text.length && wanted.includes(text.slice(from, end + 1))) end += 1;
  return end;
}

/** Where words without digits begin and end in a text, once its blanks are taken away. */
class WordBounds {
  readonly #endOf = new Map<number, number>();

  constructor(text: string) {
    let at = 0;
    for (const [piece] of text.matchAll(categories('[\\p{L}\\p{M}\\p{N}]+|[^\\p{L}\\p{M}\\p{N}]'))) {
      const end = at + squeezed(piece).length;
      if (end > at && categories('^[\\p{L}\\p{M}]+$').test(piece)) this.#endOf.set(at, end);
      at = end;
    }
  }

  /** Whether nothing but whole words stands between two places. */
  areWhole(from: number, to: number): boolean {
    let at: number | undefined = from;
    while (at !== undefined && at < to) at = this.#endOf.get(at);
    return at === to;
  }
}
