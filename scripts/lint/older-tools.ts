/** What `forOlderTools` changes, for readers of its result. */
export const CHANGED_FOR_OLDER_TOOLS = '`uses: $/…` is rewritten and `concurrency.queue` left out';

/**
 * A workflow for actionlint 1.7.12 and act 0.2.89, which know neither the self-reference `$/` nor `concurrency.queue`.
 * `written` gives what to write for a folder of this repository. platform.ts checks what this hides.
 */
export function forOlderTools(text: string, written: (folder: string) => string): string {
  return text
    .replace(/(\buses: )\$\/(\S+)/g, (_, key, folder) => `${key}${written(folder)}`)
    .replace(/^ +queue: \w+$/gm, '');
}
