import type { Delivery } from '../../src/exchange/delivery.ts';

/** The table "What an answer means", row by row as the issue has it, and without a look at `src/exchange`. */
export type Means = 'ended' | 'already-ended' | 'refused' | 'unknown';
export type Mode = 'logout' | 'logoutall';

interface Read {
  readonly status: number;
  readonly body: 'broken' | 'too large' | 'empty' | 'not JSON' | 'JSON';
  readonly error: { readonly code: unknown; readonly status: unknown } | undefined;
}

interface Row {
  readonly when: (answer: Read) => boolean;
  readonly logout: Means;
  readonly logoutall: Means;
}

const within = (from: number, to: number) => (answer: Read) => answer.status >= from && answer.status <= to;
const ok = within(200, 299);
const clientError = within(400, 499);
const notNow = ({ status }: Read) => [408, 425, 429].includes(status) || status >= 500 || status < 200;
const notJson = ({ body }: Read) => body === 'broken' || body === 'too large' || body === 'not JSON';

/** The first row that fits counts. */
const TABLE: readonly Row[] = [
  { when: within(300, 399), logout: 'refused', logoutall: 'refused' },
  // A rejected password is never sent twice.
  {
    when: (it) => notNow(it) && saysRejected(it),
    logout: 'unknown',
    logoutall: 'refused',
  },
  { when: notNow, logout: 'unknown', logoutall: 'unknown' },
  { when: (it) => ok(it) && notJson(it), logout: 'unknown', logoutall: 'unknown' },
  // No complete answer; but the password may have been rejected.
  { when: (it) => it.body === 'broken', logout: 'unknown', logoutall: 'refused' },
  { when: (it) => says(it, 401), logout: 'already-ended', logoutall: 'refused' },
  {
    when: (it) => says(it, 403) && it.error?.code === 'AUTH_01',
    logout: 'already-ended',
    logoutall: 'refused',
  },
  { when: ({ error }) => error !== undefined, logout: 'refused', logoutall: 'refused' },
  { when: ok, logout: 'ended', logoutall: 'ended' },
  {
    when: ({ status, body }) => status === 401 && body !== 'JSON',
    logout: 'already-ended',
    logoutall: 'refused',
  },
  { when: clientError, logout: 'refused', logoutall: 'refused' },
];

function says({ status, error }: Read, wanted: number): boolean {
  return (
    error !== undefined && (status === wanted || error.status === wanted || error.status === String(wanted))
  );
}

/** By its own status or, where it has none, by the code of a user name or password that is not valid. */
function saysRejected({ error }: Read): boolean {
  const status = error?.status;
  return typeof status === 'number' || typeof status === 'string'
    ? ['401', '403'].includes(String(status))
    : error?.code === 'UI_10000' || error?.code === 'IDS_085';
}

/** What an answer may be taken for: more than one where its body can be read in two ways. */
export function meanings(delivery: Delivery, mode: Mode): readonly Means[] {
  if (delivery.kind === 'no-answer') return ['unknown'];
  const meaning = (answer: Read) => TABLE.find(({ when }) => when(answer))?.[mode] ?? 'unknown';
  return readings(delivery).map(meaning);
}

/** What a step that met these deliveries, one after the other, may say in the end. */
export function results(met: readonly Delivery[], mode: Mode): readonly Means[] {
  const last = met.at(-1);
  if (last === undefined) return ['unknown'];
  const earlier = met.slice(0, -1);
  if (!earlier.every((delivery) => meanings(delivery, mode).includes('unknown'))) return [];
  const maybeDone = earlier.some((delivery) => delivery.kind === 'answer' || delivery.mayHaveReachedServer);
  return meanings(last, mode).map((means) => (means === 'already-ended' && maybeDone ? 'ended' : means));
}

function readings({ statusCode: status, body }: Extract<Delivery, { kind: 'answer' }>): readonly Read[] {
  if (body.kind === 'broken') return [{ status, body: 'broken', error: undefined }];
  if (body.kind === 'too-large') return [{ status, body: 'too large', error: undefined }];
  if (/^\s*$/.test(body.text)) return [{ status, body: 'empty', error: undefined }];
  try {
    return errorsIn(JSON.parse(body.text)).map((error) => ({ status, body: 'JSON', error }));
  } catch {
    return [{ status, body: 'not JSON', error: undefined }];
  }
}

function errorsIn(json: unknown): readonly Read['error'][] {
  const { '@type': type, error, code, statusCode } = members(json);
  const v2 = { code, status: statusCode };
  if (type === 'error') return [v2];
  const plain = typeof error === 'object' && error !== null && !Array.isArray(error);
  const v3 = { code: members(error)['code'], status: undefined };
  const other = plain ? v3 : undefined;
  // Spelled otherwise than the vendor does; or an `error` that says something, but is no object.
  if (typeof type === 'string' && type.toLowerCase() === 'error') return [v2, other];
  return plain ? [v3] : error ? [v3, undefined] : [undefined];
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const CLAIMS: readonly (readonly [string, Means])[] = [
  ['Ended ', 'ended'],
  ['Already ended: ', 'already-ended'],
  ['Not ended: ', 'refused'],
  ['Not confirmed as ended: ', 'unknown'],
];

/** What a step's last words claim. */
export function claimOf(text: string): Means | undefined {
  return CLAIMS.find(([words]) => text.startsWith(words))?.[1];
}
