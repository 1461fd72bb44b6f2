/** What a step tells its user, and how it ends. */
export interface Report {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  /** Whether the job summary gets the text too. */
  readonly inSummary: boolean;
  /** What a later step can read. A post step sets none. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** A report of the post step. Only warnings and errors get a line in the summary. */
export function postLine(level: Report['level'], text: string): Report {
  return { level, text, inSummary: level !== 'info', outputs: {} };
}

/** The report of a step whose user wants a line in the job summary, or wants none. */
export function withSummary(report: Report, { summary }: { readonly summary: boolean }): Report {
  return summary ? report : { ...report, inSummary: false };
}

/**
 * A text as a line of Markdown. It is a code span, so that nothing in it becomes a link, a mention or markup, whoever wrote it.
 * `step` is the id that the user gave the step; empty if there is none.
 */
export function summaryLine(text: string, step: string): string {
  const name = step === '' ? '' : ` (step \`${step.replace(/[^\w-]/g, '')}\`)`;
  const line = text.replace(/\s+/g, ' ').replaceAll('`', "'");
  return `**Informatica Cloud Session${name}:** \`${line}\`\n\n`;
}

/** What may be shown of an unexpected error: its code or its name, because its message could hold anything. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'no error object';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** A file of the runner could not be written. `what` says what for: `save the state`. */
export function fileFailureText(what: string, error: unknown): string {
  return `Could not ${what} (${errorName(error)}).`;
}
