// The list that end-sessions.yml is called with. Plain JavaScript: a runner starts these files as they are.

/** The most jobs that GitHub makes of one matrix. */
const MOST = 256;
/** The jobs of end-sessions.yml itself: a row of the same name could not be told from them. */
const TAKEN = ['Check the list', 'Summary'];
const FIELDS = ['name', 'environment', 'login-url', 'organization-id'];

/** Reads the list: its entries, or everything that is wrong with it, one sentence each. */
export function readOrganizations(text) {
  let list;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return { problems: [`organizations is not JSON: ${error.message}.`] };
  }
  if (!Array.isArray(list))
    return { problems: ['organizations is not a JSON array: put the entries in [ and ].'] };
  if (list.length === 0) return { problems: ['organizations is empty: there is nothing to end.'] };
  if (list.length > MOST) {
    return {
      problems: [
        `organizations has ${list.length} entries, but a matrix has at most ${MOST} jobs: call the workflow twice, each time with a part of the list.`,
      ],
    };
  }
  const problems = list.flatMap((entry, index) => problemsOf(entry, `Entry ${index + 1}`));
  // What is not text was found above.
  const texts = (field) => list.map((entry) => entry?.[field]).filter((value) => typeof value === 'string');
  for (const [field, reason] of [
    ['name', 'the rows of the table could not be told apart'],
    ['organization-id', 'one of them is probably meant to be another organization'],
  ]) {
    for (const value of repeated(texts(field)))
      problems.push(`Two entries have the ${field} ${value}: ${reason}.`);
  }
  return problems.length > 0 ? { problems } : { organizations: list };
}

function problemsOf(entry, where) {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return [`${where} is not an object with ${FIELDS.join(', ')}.`];
  }
  const problems = FIELDS.flatMap((field) => {
    const value = entry[field];
    if (value === undefined || value === null || value === '') return [`${where} has no ${field}.`];
    if (typeof value !== 'string') return [`${where}: ${field} is not text: put it in quotes.`];
    if (value !== value.trim() || /\p{Cc}/u.test(value)) {
      return [`${where}: ${field} has blanks around it, or a line break or another control character in it.`];
    }
    return [];
  });
  if (TAKEN.includes(entry.name))
    problems.push(`${where}: the name ${entry.name} is that of a job of the workflow itself.`);
  return problems;
}

function repeated(values) {
  return new Set(values.filter((value, index) => values.indexOf(value) !== index));
}
