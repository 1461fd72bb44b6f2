// GitHub, as the release workflow asks for it by `gh`: a file with the releases, the tags and the tip of main.
const { readFileSync, writeFileSync } = require('node:fs');

const { GITHUB_STATE_FILE: file, GH_FAILS_AT: failsAt, VERSION } = process.env;
const state = JSON.parse(readFileSync(file, 'utf8'));
const given = process.argv.slice(2);
const line = given.join(' ');
state.calls.push(line);

const value = (flag) => given[given.indexOf(flag) + 1];
const release = () => state.releases.find(({ tag }) => tag === given[2]);
const tags = (prefix) =>
  Object.entries(state.tags).flatMap(([name, sha]) =>
    name.startsWith(prefix) ? [{ ref: `refs/tags/${name}`, sha }] : [],
  );
const fail = (text) => {
  console.error(text);
  process.exitCode = 1;
};
const print = (values) => {
  for (const one of values) console.log(String(one));
};

// A query that is not here would need jq, so it ends the test.
const QUERIES = {
  '.object.sha': (found) => [found],
  '.[] | select(.ref == "refs/tags/v" + env.VERSION) | .object.sha': (found) =>
    found.filter(({ ref }) => ref === `refs/tags/v${VERSION}`).map(({ sha }) => sha),
  '.[] | select(.tag_name == "v" + env.VERSION) | .draft': (found) =>
    found.filter(({ tag }) => tag === `v${VERSION}`).map(({ draft }) => draft),
  '.[].ref': (found) => found.map(({ ref }) => ref),
  '.sha': (found) => [found],
};

function api() {
  const path = given.find((one) => one.startsWith('repos/some-org/some-repo/')).slice(24);
  const query = given.includes('--jq') ? QUERIES[value('--jq')] : undefined;
  if (path === '/git/ref/heads/main') return print(query(state.main));
  if (path.startsWith('/git/matching-refs/tags/')) return print(query(tags(path.slice(24))));
  if (path === '/releases') return print(query(state.releases));
  if (path.startsWith('/commits/')) return print(query(state.tags[path.slice(9)] ?? 'no commit'));
  const fields = Object.fromEntries(given.filter((one) => one.includes('=')).map((one) => one.split('=')));
  if (path === '/git/refs') state.tags[fields.ref.slice(10)] = fields.sha;
  else if (path.startsWith('/git/refs/tags/') && path.slice(15) in state.tags)
    state.tags[path.slice(15)] = fields.sha;
  else fail(`HTTP 404: ${line}`);
}

function releases() {
  switch (given[1]) {
    case 'create':
      state.releases.push({ tag: given[2], draft: true, target: value('--target'), assets: [] });
      return;
    case 'upload':
      // An immutable release takes no more.
      if (!release().draft) return fail('HTTP 422: Cannot upload assets to an immutable release');
      release().assets = [given[3]];
      return;
    case 'edit':
      if (given.includes('--draft=false')) {
        release().draft = false;
        state.tags[given[2]] ??= release().target;
      } else release().target = value('--target');
      return;
    case 'view':
      return print([release().draft]);
    default:
      return fail(`unknown: ${line}`);
  }
}

if (failsAt && line.startsWith(failsAt)) fail('HTTP 502');
else if (given[0] === 'api') api();
else releases();
writeFileSync(file, JSON.stringify(state));
