import type { Settings } from '../inputs/settings.ts';

/** What a step tells its user, and how it ends. */
export interface Report {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  /** What the job summary gets, as Markdown: empty where there is no outcome to speak of. */
  readonly summary: string;
}

/** The outputs of the main step, as `action.yml` declares them. */
export interface Outputs {
  readonly result: 'ended' | 'already-ended' | 'scheduled' | 'failed';
  readonly attempts: string;
  readonly 'status-code': string;
  readonly 'error-code': string;
  readonly 'error-message': string;
}

/**
 * An outcome as a line of Markdown; empty if the user wants none. Everything but letters, digits and
 * blanks is escaped: text is never markup.
 */
export function summaryLine({ summary }: Settings, headline: string, text: string): string {
  const escaped = text.replace(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`);
  return summary ? `**Informatica Cloud Session: ${headline}.** ${escaped}\n\n` : '';
}
