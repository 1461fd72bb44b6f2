import type { CertificateOptions } from '../../simulator/certificate.ts';
import { UNCONFIRMED_END } from '../said.ts';
import type { Behaviour, Credentials } from './proxy.ts';

/** The server's host name, which only the proxy can resolve. */
export const HOST = 'pod.dm-us.informaticacloud.com';

/** The addresses for a case's variables. */
export interface Addresses {
  /** Of the proxy, `host:port`. */
  readonly proxy: string;
  /** Of a port on loopback where nothing listens. */
  readonly nobody: string;
  /** The file with the certificate of the private authority, and with that of the server itself. */
  readonly authority: string;
  readonly server: string;
}

export interface Case {
  readonly name: string;
  /** The environment of the job. NODE_EXTRA_CA_CERTS names the authority unless it is given here. */
  readonly env: (at: Addresses) => Readonly<Record<string, string>>;
  /** What the steps after main change in it. */
  readonly envOfPost?: (at: Addresses) => Readonly<Record<string, string>>;
  readonly when?: 'job-end';
  /** The host in the URL; HOST unless given. */
  readonly host?: string;
  /** What the server shows: `self-signed`, or what the private authority issued. */
  readonly certificate?: 'self-signed' | CertificateOptions;
  readonly proxy?: {
    readonly credentials?: Credentials;
    readonly overTls?: true;
    /** `false`: it knows no name at all. */
    readonly resolves?: false;
    readonly main?: readonly Behaviour[];
    readonly post?: readonly Behaviour[];
  };
  /** The session is gone before the action comes; only `logout` can tell. */
  readonly alreadyEnded?: true;
  readonly timeoutSeconds?: number;
  readonly expected: Expected;
}

export interface Expected {
  readonly main: 'ended' | 'already-ended' | 'failed' | 'scheduled' | 'wrong-inputs' | 'opened';
  readonly post: 'settled' | 'ended' | 'warning';
  /** One line of main must contain all of these. */
  readonly says: readonly string[];
  /** Whether the proxy gets any request. */
  readonly usesProxy: boolean;
  /** How many requests the proxy gets in a step, if that is limited. */
  readonly connects?: { readonly inMain: number; readonly inPost: number };
}

const USER = 'DOMAIN\\build-7';
const PASSWORD = 'p@ss:w/rd %41+é#?';
const credentials = { username: USER, password: PASSWORD };
const encoded = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}`;
const plain = { username: 'builder', password: 'not-a-real-proxy-password' };
/** Not encoded in the variable; the `%` signs begin no escape. */
const bare = { username: 'builder', password: 'not%a%real%proxy%password%' };

/** All forms of the proxies' credentials that must never be seen. */
export const PROXY_SECRETS = [credentials, plain, bare].flatMap(({ username, password }) => [
  username,
  password,
  encodeURIComponent(username),
  encodeURIComponent(password),
  Buffer.from(`${username}:${password}`).toString('base64'),
]);

const TRIES_AGAIN = 'The post step will try again';
const ended: Expected = {
  main: 'ended',
  post: 'settled',
  says: [`on ${HOST}:`, 'HTTP 200'],
  usesProxy: true,
};
const direct: Expected = { ...ended, usesProxy: false };
const failed = (...says: readonly string[]): Expected => ({
  main: 'failed',
  post: 'warning',
  says: [UNCONFIRMED_END, ...says, TRIES_AGAIN],
  usesProxy: true,
});
const failedWithoutProxy = (...says: readonly string[]): Expected => ({
  ...failed(...says),
  usesProxy: false,
});
const wrongInputs = (...says: readonly string[]): Expected => ({
  main: 'wrong-inputs',
  post: 'settled',
  says,
  usesProxy: false,
});
const alreadyEnded: Expected = {
  main: 'already-ended',
  post: 'settled',
  says: ['Already ended', '2 attempts'],
  usesProxy: true,
};

const proxyVariables = 'https_proxy';
/** An additional certificate authority does not help with these. */
const OF_THE_CERTIFICATE = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID'];
const untrusted = (code: string) => [
  `is not trusted (${code})`,
  ...(OF_THE_CERTIFICATE.includes(code) ? [] : ['NODE_EXTRA_CA_CERTS']),
];
const through = ({ proxy }: Addresses) => ({ https_proxy: `http://${proxy}` });
const as =
  (user: string) =>
  ({ proxy }: Addresses) => ({ https_proxy: `http://${user}@${proxy}` });

const reached: readonly Case[] = [
  { name: 'the proxy alone resolves the name', env: through, proxy: {}, expected: ended },
  {
    name: 'HTTPS_PROXY in capitals',
    env: ({ proxy }) => ({ HTTPS_PROXY: `http://${proxy}` }),
    proxy: {},
    expected: ended,
  },
  {
    name: 'https_proxy without a scheme',
    env: ({ proxy }) => ({ https_proxy: proxy }),
    proxy: {},
    expected: ended,
  },
  {
    name: 'a proxy that is reached over TLS',
    env: ({ proxy }) => ({ https_proxy: `https://${proxy.replace('127.0.0.1', 'localhost')}` }),
    proxy: { overTls: true },
    expected: ended,
  },
  {
    name: 'credentials',
    env: as(`${plain.username}:${plain.password}`),
    proxy: { credentials: plain },
    expected: ended,
  },
  {
    name: 'credentials with percent-encoded characters',
    env: as(encoded),
    proxy: { credentials },
    expected: ended,
  },
  {
    name: 'a bare % in the password',
    env: as(`${bare.username}:${bare.password}`),
    proxy: { credentials: bare },
    expected: ended,
  },
  {
    name: 'a bare % in the password, and no scheme',
    env: ({ proxy }) => ({ https_proxy: ` ${bare.username}:${bare.password}@${proxy} ` }),
    proxy: { credentials: bare },
    expected: ended,
  },
  {
    name: 'when: job-end',
    env: through,
    when: 'job-end',
    proxy: {},
    expected: { main: 'scheduled', post: 'ended', says: ['Scheduled'], usesProxy: true },
  },
  ...['127.0.0.1,::1', '::1,127.0.0.1'].flatMap((addresses): readonly Case[] => {
    const dual = (name: string) => ({ DUAL_HOST: name, ADDRESSES: addresses, HANDSHAKE_MS: '300' });
    return [
      {
        name: `a slow handshake to IPv4, none to IPv6: ${addresses}`,
        env: () => dual(HOST),
        expected: direct,
      },
      {
        name: `a slow handshake to IPv4, none to IPv6, to a proxy: ${addresses}`,
        env: ({ proxy }) => ({
          https_proxy: proxy.replace('127.0.0.1', 'proxy.example.com'),
          ...dual('proxy.example.com'),
        }),
        proxy: {},
        expected: ended,
      },
    ];
  }),
  {
    name: 'a gateway error, then a tunnel',
    env: as(encoded),
    proxy: { credentials, main: ['bad-gateway', 'serve'] },
    expected: { ...ended, says: ['2 attempts'] },
  },
  {
    name: 'gateway errors until the post step',
    env: as(encoded),
    proxy: { credentials, main: ['bad-gateway'], post: ['serve'] },
    timeoutSeconds: 3,
    expected: { ...failed('HTTP 502'), post: 'ended' },
  },
  {
    name: 'no response until the post step',
    env: through,
    proxy: { main: ['never-respond'], post: ['serve'] },
    timeoutSeconds: 3,
    expected: { ...failed('the proxy 127.0.0.1:'), post: 'ended' },
  },
];

const bypassed: readonly Case[] = [
  ...[
    HOST,
    'informaticacloud.com',
    '.informaticacloud.com',
    'example.com, dm-us.informaticacloud.com',
    '*',
  ].map(
    (noProxy): Case => ({
      name: `no_proxy ${noProxy}`,
      env: (at) => ({ ...through(at), no_proxy: noProxy, PROOF_HOSTS: HOST }),
      proxy: {},
      expected: direct,
    }),
  ),
  {
    name: 'no_proxy with a name that only the proxy could resolve',
    env: (at) => ({ ...through(at), no_proxy: HOST }),
    proxy: {},
    expected: failedWithoutProxy('there is no host', "the runner's proxy and DNS"),
  },
  {
    name: 'no_proxy of other hosts',
    env: (at) => ({ ...through(at), no_proxy: 'example.com,cloud.com,odinformaticacloud.com' }),
    proxy: {},
    expected: ended,
  },
  {
    name: 'loopback, past a proxy that is down',
    env: ({ nobody }) => ({ https_proxy: `http://${nobody}` }),
    host: 'localhost',
    certificate: {},
    expected: { ...direct, says: ['on localhost:'] },
  },
];

const unreached: readonly Case[] = [
  {
    name: 'no credentials where some are wanted',
    env: through,
    proxy: { credentials },
    expected: failed('HTTP 407', proxyVariables),
  },
  {
    name: 'wrong credentials',
    env: as(`${plain.username}:${plain.password}`),
    proxy: { credentials },
    expected: failed('HTTP 407', proxyVariables),
  },
  {
    name: 'the proxy is down',
    env: ({ nobody }) => ({ https_proxy: `http://${encoded}@${nobody}` }),
    expected: failedWithoutProxy('the proxy 127.0.0.1:', 'ECONNREFUSED', proxyVariables),
  },
  {
    name: 'the proxy has a name that does not resolve',
    env: () => ({ https_proxy: `http://${encoded}@proxy.example.invalid:3128` }),
    expected: failedWithoutProxy('the proxy proxy.example.invalid:3128', 'ENOTFOUND', proxyVariables),
  },
  {
    name: 'the proxy does not know the name either',
    env: as(encoded),
    proxy: { credentials, resolves: false },
    expected: failed('the proxy 127.0.0.1:', proxyVariables),
  },
  {
    name: 'the proxy never responds',
    env: as(encoded),
    proxy: { credentials, main: ['never-respond'] },
    expected: failed('the proxy 127.0.0.1:'),
  },
  {
    name: 'a gateway error',
    env: as(encoded),
    proxy: { credentials, main: ['bad-gateway'] },
    expected: failed('HTTP 502', proxyVariables),
  },
  {
    name: 'the proxy drops the connection',
    env: as(encoded),
    proxy: { credentials, main: ['drop'] },
    expected: failed('the proxy 127.0.0.1:', proxyVariables),
  },
  {
    name: 'the proxy refuses',
    env: through,
    proxy: { main: ['forbid'] },
    timeoutSeconds: 6,
    expected: { ...failed('HTTP 403', 'the proxy 127.0.0.1:'), connects: { inMain: 2, inPost: 2 } },
  },
  {
    name: 'the proxy requires credentials',
    env: through,
    proxy: { main: ['ask-for-credentials'] },
    timeoutSeconds: 6,
    expected: { ...failed('HTTP 407', 'the proxy 127.0.0.1:'), connects: { inMain: 1, inPost: 1 } },
  },
  {
    name: 'behind the proxy is a server with a certificate that is not trusted',
    env: through,
    proxy: { main: ['intercept'] },
    timeoutSeconds: 6,
    expected: { ...failed('DEPTH_ZERO_SELF_SIGNED_CERT'), connects: { inMain: 2, inPost: 2 } },
  },
  {
    name: 'the proxy responds with a page',
    env: through,
    proxy: { main: ['page'] },
    expected: failed('TLS with', 'ERR_SSL_'),
  },
  {
    name: 'the proxy answers with a page, then makes a tunnel',
    env: through,
    proxy: { main: ['page', 'serve'] },
    expected: { ...ended, says: ['2 attempts'] },
  },
  {
    name: 'a later step sets a proxy that cannot be used',
    env: through,
    envOfPost: () => ({ https_proxy: 'socks5://127.0.0.1:9' }),
    when: 'job-end',
    proxy: {},
    expected: { main: 'scheduled', post: 'warning', says: ['Scheduled'], usesProxy: false },
  },
];

/** What the variable says cannot be used, so nothing is sent at all. */
const unusable: readonly Case[] = [
  ...[
    'not a URL',
    'http://',
    'http://[::1',
    '%%%',
    `http://${plain.username}:${plain.password}@`,
    `${plain.username}:${plain.password} @proxy:3128`,
    `http://${plain.username}:${plain.password}/@proxy:3128`,
    `http://${plain.username}:${plain.password}#@proxy:3128`,
    `http://${plain.username}:${plain.password}?@proxy:3128`,
    `http://${plain.username}:${plain.password}@proxy:3128/proxy.pac`,
    `http://${plain.username}:${plain.password}@proxy:65536`,
    `socks5://${plain.username}:${plain.password}@proxy:1080`,
    `ftp://${plain.username}:${plain.password}@proxy:21`,
  ].flatMap((garbage): readonly Case[] => {
    const name = `https_proxy is ${garbage.replace(plain.password, '…').replace(plain.username, '…')}`;
    const env = () => ({ https_proxy: garbage, PROOF_HOSTS: HOST });
    const expected = wrongInputs('https_proxy', '%23');
    return [
      { name, env, expected },
      { name: `${name}, when: job-end`, env, when: 'job-end', expected },
    ];
  }),
  {
    name: 'HTTPS_PROXY cannot be used',
    env: ({ proxy }) => ({ https_proxy: ' ', HTTPS_PROXY: 'socks5://127.0.0.1:9', http_proxy: proxy }),
    expected: wrongInputs('HTTPS_PROXY'),
  },
  {
    name: 'a proxy that cannot be used, past which no_proxy leads',
    env: () => ({ https_proxy: '%%%', no_proxy: HOST, PROOF_HOSTS: HOST }),
    expected: direct,
  },
];

/** The session was gone before, and no request of the first attempt can have been what ended it. */
const gone: readonly Case[] = (
  ['bad-gateway', 'forbid', 'page', 'drop', 'intercept', 'never-respond'] as const
).map(
  (first): Case => ({
    name: `a session that is gone, after a proxy that did "${first}"`,
    env: as(encoded),
    proxy: { credentials, main: [first, 'serve'] },
    alreadyEnded: true,
    // An attempt that gets no response takes 15 s.
    timeoutSeconds: first === 'never-respond' ? 20 : 5,
    expected: alreadyEnded,
  }),
);

const certificates: readonly Case[] = [true, false].flatMap((withProxy): readonly Case[] => {
  const where = withProxy ? 'through a proxy' : 'without a proxy';
  const host = withProxy ? HOST : 'localhost';
  const route = withProxy ? { env: through, proxy: {} } : { env: () => ({}), host };
  const yes = { ...ended, says: [`on ${host}:`], usesProxy: withProxy };
  const no = (code: string) => ({ ...failed(...untrusted(code)), usesProxy: withProxy });
  const trusting = (file: 'authority' | 'server' | 'nothing') => (at: Addresses) => ({
    ...route.env(at),
    NODE_EXTRA_CA_CERTS: file === 'nothing' ? '' : at[file],
  });
  return [
    { ...route, name: `a private authority, ${where}`, expected: yes },
    {
      ...route,
      name: `a private authority without NODE_EXTRA_CA_CERTS, ${where}`,
      env: trusting('nothing'),
      expected: no('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    },
    {
      ...route,
      name: `a self-signed certificate, ${where}`,
      certificate: 'self-signed',
      expected: no('DEPTH_ZERO_SELF_SIGNED_CERT'),
    },
    {
      ...route,
      name: `a self-signed certificate that is trusted, ${where}`,
      certificate: 'self-signed',
      env: trusting('server'),
      expected: yes,
    },
    {
      ...route,
      name: `a self-signed certificate, its check switched off for the job, ${where}`,
      certificate: 'self-signed',
      env: (at) => ({ ...route.env(at), NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
      expected: no('DEPTH_ZERO_SELF_SIGNED_CERT'),
    },
    {
      ...route,
      name: `an expired certificate, ${where}`,
      certificate: { years: [2020, 2021] },
      expected: no('CERT_HAS_EXPIRED'),
    },
    {
      ...route,
      name: `a certificate from the future, ${where}`,
      certificate: { years: [2048, 2049] },
      expected: no('CERT_NOT_YET_VALID'),
    },
    {
      ...route,
      name: `another host's certificate, ${where}`,
      certificate: { host: `evil-${host}` },
      expected: no('ERR_TLS_CERT_ALTNAME_INVALID'),
    },
  ];
});

export const CASES: readonly Case[] = [
  ...reached,
  ...bypassed,
  ...unreached,
  ...unusable,
  ...gone,
  ...certificates,
];

/** The same for a login: main sends it for every `when`, and post ends what it opened. */
export function expectedOfLogin(expected: Expected): Expected {
  switch (expected.main) {
    case 'wrong-inputs':
      return expected;
    case 'failed': {
      const says = expected.says
        .filter((part) => part !== TRIES_AGAIN)
        .map((part) => (part === UNCONFIRMED_END ? 'Not opened' : part));
      // Nothing was sent, so that nothing can be open.
      return {
        ...expected,
        says,
        post: 'settled',
        ...(expected.connects && { connects: { ...expected.connects, inPost: 0 } }),
      };
    }
    case 'ended':
    case 'scheduled':
    case 'already-ended':
    case 'opened':
      return {
        ...expected,
        main: 'opened',
        says: ['Opened a session'],
        post: expected.post === 'warning' ? 'warning' : 'ended',
        // If only post is kept from the server, main got through.
        usesProxy: expected.usesProxy || expected.post === 'warning',
      };
  }
}
