import { type Check, counted, findingsOf, tool } from './check.ts';
import { type PageExample, pageExamples } from './page-examples.ts';
import { lintBeside } from './scratch.ts';

/** The YAML examples of README.md and of the pages in docs, by actionlint. Those that are actions: see actions.ts. */
export const examples: Check = async () => {
  const found = pageExamples();
  const { looked, findings } = counted(found.length, 'examples in pages');
  const unknown = found
    .filter(({ kind }) => kind === 'unknown')
    .map(({ page, line }) => `${page}:${line}: not YAML, or no workflow, job, step or action`);
  const actionlint = tool('ACTIONLINT', 'actionlint');
  if (actionlint === undefined) {
    return { looked: `${looked}, actionlint is not there`, findings: [...findings, ...unknown] };
  }
  const given = found.flatMap((example) => {
    const text = wholeWorkflow(example);
    return text === undefined ? [] : [{ name: example.page, text }];
  });
  const wrong = lintBeside(given, (folder, files) => findingsOf(actionlint, ['-oneline', ...files], folder));
  return { looked, findings: [...findings, ...unknown, ...wrong] };
};

/** The example as a whole workflow, on the same lines as in the page; undefined if it is no workflow. */
function wholeWorkflow({ text, kind }: PageExample): string | undefined {
  const code = text.replace(/^\n+/, '');
  const before = text.length - code.length;
  const below = (head: string, indent: number) => {
    const lines = head.split('\n').length;
    return `${head}${'\n'.repeat(Math.max(1, before - lines + 1))}${code.replace(/^(?=.)/gm, ' '.repeat(indent))}`;
  };
  const job = 'on: push\njobs:\n  example:\n    runs-on: ubuntu-latest\n    steps:';
  switch (kind) {
    case 'workflow':
      return /^on:/m.test(code) ? text : below('on: push', 0);
    case 'steps':
      return below(`${job}\n${standIns(code)}`.trimEnd(), 6);
    case 'step':
      return below(`${job}\n${standIns(code)}      -${/^(uses|run):/m.test(code) ? '' : ' run: "true"'}`, 8);
    case 'job':
      return below(
        `on: push\njobs:\n  example:${/^(uses|runs-on):/m.test(code) ? '' : '\n    runs-on: ubuntu-latest'}${/^(uses|steps):/m.test(code) ? '' : '\n    steps: [run: "true"]'}`,
        4,
      );
    case 'action':
    case 'dependabot':
    case 'unknown':
      return undefined;
  }
}

/** Steps that the example refers to and does not show. */
function standIns(code: string): string {
  const named = [...code.matchAll(/steps\.([\w-]+)/g)].map(([, id = '']) => id);
  const missing = [...new Set(named)].filter((id) => !new RegExp(`id: ${id}\\b`).test(code));
  return missing.map((id) => `      - { id: ${id}, run: "true" }\n`).join('');
}
