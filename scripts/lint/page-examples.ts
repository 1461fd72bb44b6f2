import { readFileSync } from 'node:fs';
import { marked } from 'marked';
import { parse } from 'yaml';
import { committed } from './check.ts';

/** A YAML example in a page. */
export interface PageExample {
  readonly page: string;
  /** The line where it begins, from 1; within a list, the line where the list begins. */
  readonly line: number;
  /** Its text, after as many empty lines as precede it in the page. */
  readonly text: string;
  readonly kind: Kind;
}

type Kind =
  /** A whole workflow, or one without `on`. */
  | 'workflow'
  /** Steps, as a list. */
  | 'steps'
  /** Parts of one job, or of one step. */
  | 'job'
  | 'step'
  | 'action'
  /** A configuration of Dependabot, which is only parsed. */
  | 'dependabot'
  /** Not YAML, or a kind of example that no check knows. */
  | 'unknown';

/** Every YAML example of every page. */
export function pageExamples(): readonly PageExample[] {
  return committed(/\.md$/).flatMap((page) => {
    const found: PageExample[] = [];
    let line = 1;
    for (const block of marked.lexer(readFileSync(page, 'utf8'))) {
      void marked.walkTokens([block], (token) => {
        if (token.type !== 'code' || !/^ya?ml\b/.test(String(token['lang']))) return;
        const code = String(token['text']);
        found.push({ page, line: line + 1, text: `${'\n'.repeat(line)}${code}\n`, kind: kindOf(code) });
      });
      line += block.raw.split('\n').length - 1;
    }
    return found;
  });
}

const STEP_KEYS = ['name', 'id', 'if', 'uses', 'with', 'env', 'run', 'shell', 'timeout-minutes'];
const JOB_KEYS = [
  ...['runs-on', 'steps', 'permissions', 'environment', 'container', 'strategy', 'concurrency', 'secrets'],
  ...['name', 'if', 'needs', 'env', 'uses', 'with', 'timeout-minutes', 'outputs'],
];

function kindOf(code: string): Kind {
  let yaml: unknown;
  try {
    yaml = parse(code);
  } catch {
    return 'unknown';
  }
  if (Array.isArray(yaml)) return 'steps';
  if (typeof yaml !== 'object' || yaml === null) return 'unknown';
  const keys = Object.keys(yaml);
  if (keys.includes('jobs')) return 'workflow';
  if (keys.includes('runs')) return 'action';
  if (keys.includes('updates')) return 'dependabot';
  if (keys.every((key) => STEP_KEYS.includes(key))) return 'step';
  if (keys.every((key) => JOB_KEYS.includes(key))) return 'job';
  return 'unknown';
}
