import { type Check, committed, counted, findingsOf, tool } from './check.ts';
import { CHANGED_FOR_OLDER_TOOLS } from './older-tools.ts';
import { lintBeside, readWorkflow } from './scratch.ts';

const ZIZMOR_OPTIONS = [
  ...['--offline', '--no-progress', '--quiet', '--config=.github/zizmor.yml', '--format=github'],
  // Without it, files that cannot be read are skipped.
  '--strict-collection',
];

/** Workflows, examples and templates, by actionlint and by zizmor. */
export const workflows: Check = async () => {
  const actionlint = tool('ACTIONLINT', 'actionlint');
  const zizmor = tool('ZIZMOR', 'zizmor');
  const names = committed(
    /^(\.github\/workflows|examples|workflow-templates|proof\/engine\/workflows)\/[^/]+\.yml$/,
  );
  const { looked, findings } = counted(names.length, 'workflows');
  const correct =
    actionlint === undefined
      ? []
      : lintBeside(names.map(readWorkflow), (folder, files) =>
          findingsOf(actionlint, ['-oneline', ...files], folder),
        );
  // Nobody runs the proof's workflows on GitHub.
  const published = [
    ...names.filter((name) => !name.startsWith('proof/')),
    ...committed(/^(\.github|examples|session|sweep)\/(.*\/)?action\.yml$|^\.github\/dependabot\.yml$/),
  ];
  const safe =
    zizmor === undefined ? [] : findingsOf(zizmor, [...ZIZMOR_OPTIONS, ...published], '.').map(readable);
  const missing = Object.entries({ actionlint, zizmor }).filter(([, path]) => path === undefined);
  const skipped = missing.map(([name]) => `, ${name} is not there`).join('');
  const changed = actionlint === undefined ? '' : ` (for actionlint, ${CHANGED_FOR_OLDER_TOOLS})`;
  return { looked: looked + changed + skipped, findings: [...findings, ...correct, ...safe] };
};

/** From a workflow command to `file:line: what is wrong`. */
function readable(command: string): string {
  return command.replace(/^::\w+ file=(.*?),line=(\d+),title=([\w-]+)::.*?: /, '$1:$2: $3: ');
}
