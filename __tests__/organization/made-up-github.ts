import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { madeUp } from './support.ts';

export interface Release {
  readonly tag: string;
  readonly draft: boolean;
  readonly target: string;
  readonly assets: readonly string[];
}

/** GitHub, as the release workflow asks for it by `gh`: the tip of main, the tags and the releases. */
export interface State {
  readonly main: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly releases: readonly Release[];
  /** What `gh` was called with, in order. */
  readonly calls: readonly string[];
}

/** What `gh` prints, or the error that it fails with. */
type Said = { readonly printed: readonly unknown[] } | { readonly error: string };

/** A `gh` that asks this process: a process of Node for each call would take most of the time. */
const GH = `#!/usr/bin/env bash
exec 3<> "/dev/tcp/127.0.0.1/$GH_PORT"
printf '%s\\0' "$#" "$VERSION" "$@" >&3
read -r status <&3
if [ "$status" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$status"
`;

interface GitHub {
  /** For the programs that call `gh`. */
  readonly env: { readonly PATH: string; readonly GH_PORT: string };
  readonly state: () => State;
  readonly close: () => void;
}

/** Starts a GitHub with this state. A call that begins with `failsAt` fails. */
export async function startGitHub(before: State, failsAt: string): Promise<GitHub> {
  let state = before;
  const respond = (socket: Socket, version: string, given: readonly string[]) => {
    const line = given.join(' ');
    state = { ...state, calls: [...state.calls, line] };
    const [next, said] =
      failsAt !== '' && line.startsWith(failsAt)
        ? ([state, { error: 'HTTP 502' }] as const)
        : asked(state, version, given);
    state = next;
    socket.end(
      'error' in said ? `1\n${said.error}\n` : `0\n${said.printed.map((one) => `${one}\n`).join('')}`,
    );
  };
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (bytes) => {
      text += bytes;
      const [count, version = '', ...given] = text.split('\0').slice(0, -1);
      if (given.length === Number(count)) respond(socket, version, given);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const env = { PATH: `${madeUp('gh', GH)}:${process.env['PATH']}`, GH_PORT: String(address.port) };
  return { env, state: () => state, close: () => server.close() };
}

function asked(state: State, version: string, given: readonly string[]): readonly [State, Said] {
  return given[0] === 'api' ? api(state, version, given) : releases(state, given);
}

const ROOT = 'repos/some-org/some-repo';
const optionOf = (given: readonly string[], flag: string) => given[given.indexOf(flag) + 1] ?? '';
const said = (...printed: readonly unknown[]): Said => ({ printed });

function api(state: State, version: string, given: readonly string[]): readonly [State, Said] {
  const path = (given.find((one) => one.startsWith(`${ROOT}/`)) ?? '').slice(ROOT.length);
  const query = optionOf(given, '--jq');
  const tagsOf = (prefix: string) => Object.entries(state.tags).filter(([name]) => name.startsWith(prefix));
  const read = (query: string): Said => {
    // A query that is not here would need jq, so it ends the test.
    switch (`${query} of ${path.replace(/(?<=\/tags\/|\/commits\/).*/, '')}`) {
      case '.object.sha of /git/ref/heads/main':
        return said(state.main);
      case '.[] | select(.ref == "refs/tags/v" + env.VERSION) | .object.sha of /git/matching-refs/tags/':
        return said(
          ...tagsOf(path.slice(24)).flatMap(([name, sha]) => (name === `v${version}` ? [sha] : [])),
        );
      case '.[].ref of /git/matching-refs/tags/':
        return said(...tagsOf(path.slice(24)).map(([name]) => `refs/tags/${name}`));
      case '.[] | select(.tag_name == "v" + env.VERSION) | .draft of /releases':
        return said(...state.releases.flatMap(({ tag, draft }) => (tag === `v${version}` ? [draft] : [])));
      case '.sha of /commits/':
        return said(state.tags[path.slice(9)] ?? 'no commit');
      default:
        return { error: `unknown: ${given.join(' ')}` };
    }
  };
  if (given.includes('--jq')) return [state, read(query)];
  const fields = Object.fromEntries(given.filter((one) => one.includes('=')).map((one) => one.split('=')));
  const name = path === '/git/refs' ? fields.ref.slice(10) : path.slice(15);
  const isThere = path.startsWith('/git/refs/tags/') && name in state.tags;
  return path === '/git/refs' || isThere
    ? [{ ...state, tags: { ...state.tags, [name]: fields.sha } }, said()]
    : [state, { error: `HTTP 404: ${given.join(' ')}` }];
}

function releases(state: State, given: readonly string[]): readonly [State, Said] {
  const [, command = '', tag = '', asset = ''] = given;
  const release = state.releases.find((one) => one.tag === tag);
  const replaced = (changed: Partial<Release>): State => ({
    ...state,
    releases: state.releases.map((one) => (one === release ? { ...one, ...changed } : one)),
  });
  const target = optionOf(given, '--target');
  if (command === 'create') {
    const releases = [...state.releases, { tag, draft: true, target, assets: [] }];
    return [{ ...state, releases }, said()];
  }
  if (release === undefined) return [state, { error: `HTTP 404: ${given.join(' ')}` }];
  switch (command) {
    case 'upload':
      // An immutable release takes no more.
      return release.draft
        ? [replaced({ assets: [asset] }), said()]
        : [state, { error: 'HTTP 422: Cannot upload assets to an immutable release' }];
    case 'edit': {
      if (!given.includes('--draft=false')) return [replaced({ target }), said()];
      const tags = { [tag]: release.target, ...state.tags };
      return [{ ...replaced({ draft: false }), tags }, said()];
    }
    case 'view':
      return [state, said(release.draft)];
    default:
      return [state, { error: `unknown: ${given.join(' ')}` }];
  }
}
