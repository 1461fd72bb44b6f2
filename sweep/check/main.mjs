import { annotate } from '../commands.mjs';
import { readOrganizations } from '../organizations.mjs';

const { problems = [], organizations = [] } = readOrganizations(process.env.INPUT_ORGANIZATIONS ?? '');
for (const problem of problems) annotate('error', problem);
if (problems.length > 0) {
  console.log('Nothing was sent to Informatica. docs/adopt.md shows an entry with all its fields.');
  process.exitCode = 1;
} else {
  console.log(
    `${organizations.length} organizations, each with an environment, a login host and an organization ID.`,
  );
}
