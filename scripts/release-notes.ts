import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * `npm run release-notes -- 1.2.3` prints the version's section of CHANGELOG.md. It fails, with every reason, if the
 * version cannot be released from this commit. Needs Git and no npm package, so that release.yml can run it
 * in a job without third-party code.
 */
const version = process.argv[2] ?? '';
const { heading, newest, notes } = readChangelog();

const problems = [
  ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : ['Usage: npm run release-notes -- 1.2.3 (without a v)']),
  ...wrongVersions(),
  ...(/not published/i.test(`${heading}\n${notes}`)
    ? [
        `CHANGELOG.md says that ${newest} is not published: remove that line in the pull request of the release`,
      ]
    : []),
  ...(notes === '' ? [`CHANGELOG.md says nothing about ${newest}`] : []),
  ...wrongMajors(),
  ...publishedElsewhere(),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(notes);

/** The newest version in CHANGELOG.md, and the text under its heading. */
function readChangelog() {
  const [, heading = '', newest, notes = ''] =
    /^## ((\d+\.\d+\.\d+)[^\n]*)\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(readFileSync('CHANGELOG.md', 'utf8')) ??
    [];
  return { heading, newest, notes: notes.trim() };
}

function wrongVersions(): readonly string[] {
  const { version: packaged }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
  const source = /'(\d+\.\d+\.\d+)'/.exec(readFileSync('src/version.ts', 'utf8'))?.[1];
  const others = { 'package.json': packaged, 'src/version.ts': source, 'CHANGELOG.md': newest };
  return Object.entries(others)
    .filter(([, found]) => found !== version)
    .map(([file, found]) => `${file} has ${found ?? 'no version'}, not ${version}`);
}

/** The pages and examples name the tag that the release moves, and no other. */
function wrongMajors(): readonly string[] {
  const tag = `v${version.split('.')[0]}`;
  const pattern = 'informatica-cloud-session[^@[:space:]]*@v[0-9]+';
  const { stdout } = git('grep', '-IohE', pattern, '--', '*.md', 'examples', 'workflow-templates');
  const named = new Set(stdout.split('\n').flatMap((match) => /@(v\d+)$/.exec(match)?.[1] ?? []));
  const others = [...named].filter((one) => one !== tag);
  return named.has(tag) && others.length === 0
    ? []
    : [`The pages and examples name ${[...named].join(', ') || 'no tag'}, but the release moves ${tag}`];
}

/** If the tag is already on this commit, the release can continue; on another commit the version is taken. */
function publishedElsewhere(): readonly string[] {
  const tag = `refs/tags/v${version}`;
  // `^{}` is the commit of an annotated tag.
  const { status, stdout, stderr } = git('ls-remote', 'origin', tag, `${tag}^{}`);
  if (status !== 0) return [`Could not read the tags of origin: ${stderr.trim()}`];
  const commits = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([commit, name]) => [name, commit]),
  );
  const published = commits.get(`${tag}^{}`) ?? commits.get(tag);
  const head = git('rev-parse', 'HEAD').stdout.trim();
  if (published === undefined) return [];
  if (published !== head)
    return [`v${version} was published from ${published}, and this is ${head}: take the next version`];
  console.error(`v${version} was published from this commit, so the release goes on.`);
  return [];
}

function git(...options: readonly string[]) {
  return spawnSync('git', options, { encoding: 'utf8' });
}
