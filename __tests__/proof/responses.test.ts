import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  deniesOpening,
  type Encounter,
  type Form,
  limitOf,
  mayHaveHadEffect,
  type Purpose,
  rejects,
  rejectsCredentials,
  saysDead,
  saysNotNow,
  settles,
} from '../../proof/responses/form.ts';
import { BODIES, gatewayRow, HEADERS, type Row, type Scene, STATUSES } from '../../proof/responses/table.ts';
import { happenings } from '../../proof/schedules/incidents.ts';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { httpTransport } from '../../src/edge/http-transport.ts';
import { logout, logoutall } from '../unit/support.ts';

const SCENE: Scene = { secret: 'a-secret-4711', foreignUrl: '', effect: false };

const SOME_BODIES = BODIES.slice(0, 4);
/**
 * Each body, with a length and without, under a status that may have a body and one that has none; each set of headers and each
 * status with some bodies.
 */
const ON_THE_WIRE: readonly Row[] = [
  ...HEADERS.flatMap((headers) =>
    (headers.lines.length === 0 ? BODIES : SOME_BODIES).flatMap((body) =>
      [200, 204].map((status) => gatewayRow(status, body, headers, 'v2')),
    ),
  ),
  ...STATUSES.flatMap((status) =>
    SOME_BODIES.map((body) => gatewayRow(status, body, HEADERS[0] ?? { name: '', lines: [] }, 'v2')),
  ),
];

describe('a row over a socket', () => {
  let server: Simulator;
  const send = httpTransport('test', () => ({ ok: true, value: undefined }));

  beforeAll(async () => {
    server = await startSimulator();
  });
  afterAll(() => server.close());

  test('is what the transport makes of it', async () => {
    for (const row of ON_THE_WIRE) {
      server.setFaults(() => row.fault(SCENE));
      const url = new URL(`${server.serverUrl}/api/v2/user/logout`);
      const result = await send({ method: 'POST', url, headers: {}, body: '' }, AbortSignal.timeout(5_000));
      expect({ row: row.name, result }).toEqual({ row: row.name, result: row.response(SCENE) });
    }
  });
});

/** The schedules play only those responses to a verification that change the outcome. */
const PURPOSES: readonly Purpose[] = ['logout', 'logoutall', 'login', 'access-token'];
/** The schedules have their own rows for a user object, because the ledger must know its session. */
const isDrawnElsewhere = (form: Form) => form.kind === 'user-object';

/** All that the judge can tell of a response to such a request, and what it is about. A response that settles nothing is about nobody. */
function classOf({ form, neverSent, takesAllTime }: Omit<Encounter, 'name'>, purpose: Purpose): string {
  const settled = settles(form, purpose);
  const dead = purpose === 'logout' && saysDead(form);
  return JSON.stringify({
    kind: settled ? form.kind : 'nothing of the vendor',
    about: dead && !saysNotNow(form) && form.kind === 'error' ? form.about : undefined,
    rejects: rejects(form, purpose),
    rejectsCredentials: ['login', 'logoutall'].includes(purpose) && rejectsCredentials(form),
    dead,
    notNow: saysNotNow(form),
    effect: !settled && mayHaveHadEffect({ name: '', form }),
    denies: purpose === 'login' && deniesOpening({ name: '', form }),
    limit: limitOf({ name: '', form }, purpose)?.times,
    neverSent,
    takesAllTime,
  });
}

function* allRows(): Generator<Row> {
  for (const status of STATUSES) {
    for (const body of BODIES) {
      for (const headers of HEADERS) yield gatewayRow(status, body, headers, 'v2');
    }
  }
}

describe.each(PURPOSES)('schedules of %s', (purpose) => {
  test('have a row of each class', () => {
    const classes = new Set(
      Object.values(happenings(purpose, 'all')).map(({ met }) => classOf(met, purpose)),
    );
    const missing = new Map<string, string>();
    for (const row of allRows()) {
      const its = classOf(row, purpose);
      if (!classes.has(its) && !isDrawnElsewhere(row.form)) missing.set(its, row.name);
    }
    expect([...missing]).toEqual([]);
  });
});

test('only a known form is good news', () => {
  const wrong = [...allRows()].filter(({ form, response }) => {
    const said = [logout, logoutall].map((request) => request.classify(response(SCENE)).kind);
    const isForged = form.kind === 'success';
    return (said.includes('success') && !isForged) || (said.includes('session-gone') && !saysDead(form));
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
