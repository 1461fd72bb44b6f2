/** What a step tells its user, and how it ends. */
export interface Report {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  /** What the job summary says in short before the text; undefined where it is to say nothing. */
  readonly headline: string | undefined;
  /** What a later step can read. A post step sets none. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * A report as a line of Markdown. The text is a code span: nothing in it is a link, a mention or markup, whoever wrote it.
 * `step` is the id that the user gave the step; empty where there is none.
 */
export function summaryLine(headline: string, text: string, step: string): string {
  const name = step === '' ? '' : ` (step \`${step.replace(/[^\w-]/g, '')}\`)`;
  const line = text.replace(/\s+/g, ' ').replaceAll('`', "'");
  return `**Informatica Cloud Session${name}: ${headline}.** \`${line}\`\n\n`;
}
