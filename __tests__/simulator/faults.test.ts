import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { selfSigned } from '../../simulator/certificate.ts';
import {
  type Fault,
  inOrder,
  type Simulator,
  sampleOrganizations,
  startSimulator,
} from '../../simulator/index.ts';
import { call, jsonHeaders } from './client.ts';

const [{ users }] = sampleOrganizations;
const [user] = users;
const tls = selfSigned();

// What node's client says to too early a FIN, and to a RST.
const dropped = { end: 'ECONNRESET' };
const reset = { end: 'read ECONNRESET' };
const nothing = { status: undefined };
const headOnly = { status: 200, body: '' };

interface Row {
  readonly fault: Fault;
  readonly seen: Readonly<Record<string, unknown>>;
  /** How much of an endless body the client reads; without it the client leaves shortly after the request arrived. */
  readonly appetite?: number;
}

const body = '{"@type":"success","text":"a longer body"}';
const tooLong = 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort';
const badChunk = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n';
const twoLengths = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab';
const hugeHeader = `HTTP/1.1 200 OK\r\nX-Huge: ${'x'.repeat(20_000)}\r\n\r\n`;

const rows = (effect: boolean): Record<string, Row> => ({
  'another response': {
    fault: {
      kind: 'response',
      effect,
      status: 429,
      headers: [
        ['Retry-After', '7'],
        ['Set-Cookie', 'a'],
        ['Set-Cookie', 'b'],
      ],
    },
    seen: {
      end: 'complete',
      status: 429,
      body: '',
      headers: expect.objectContaining({ 'retry-after': '7', 'set-cookie': ['a', 'b'] }),
    },
  },
  'a response that has no body': {
    fault: { kind: 'response', effect, status: 204 },
    seen: { end: 'complete', status: 204 },
  },
  'no response, FIN': {
    fault: { kind: 'silent', effect, ending: 'close' },
    seen: { ...dropped, ...nothing },
  },
  'no response, RST': {
    fault: { kind: 'silent', effect, ending: 'reset' },
    seen: { ...reset, ...nothing },
  },
  'no response, ever': {
    fault: { kind: 'silent', effect, ending: 'stall' },
    seen: { end: 'gave-up', ...nothing },
  },
  'FIN in the body': {
    fault: { kind: 'cut-body', effect, ending: 'close', body },
    seen: { ...dropped, status: 200, body: body.slice(0, body.length / 2) },
  },
  'RST in the body': {
    fault: { kind: 'cut-body', effect, ending: 'reset', status: 502, body },
    seen: { ...reset, status: 502 },
  },
  'stall in the body': {
    fault: { kind: 'cut-body', effect, ending: 'stall', sentBytes: 3 },
    seen: { end: 'gave-up', status: 200, body: '{"@' },
    appetite: 3,
  },
  'slow headers': {
    fault: { kind: 'slow-headers', effect, intervalMs: 20 },
    seen: { end: 'gave-up', ...nothing },
  },
  'slow headers, at last': {
    fault: { kind: 'slow-headers', effect, intervalMs: 0, body },
    seen: { end: 'complete', status: 200, body },
  },
  'a dripping body': {
    fault: { kind: 'drip-body', effect, intervalMs: 20, body },
    seen: { end: 'gave-up', status: 200, body: expect.stringMatching(/^\{"@/) },
    appetite: 3,
  },
  'a dripping body, at last': {
    fault: { kind: 'drip-body', effect, intervalMs: 0 },
    seen: { end: 'complete', body: '{"@type":"success"}' },
  },
  'a wrong Content-Length': {
    fault: { kind: 'raw', effect, bytes: tooLong, ending: 'close' },
    seen: { ...dropped, body: 'short' },
  },
  'a broken chunk': {
    fault: { kind: 'raw', effect, bytes: badChunk, ending: 'stall' },
    seen: { ...headOnly, end: expect.stringMatching(/^HPE_/) },
  },
  'two lengths': {
    fault: { kind: 'raw', effect, bytes: Buffer.from(twoLengths), ending: 'reset' },
    seen: { end: expect.stringMatching(/^HPE_/) },
  },
  'a huge header': {
    fault: { kind: 'raw', effect, bytes: hugeHeader, ending: 'close' },
    seen: { end: 'HPE_HEADER_OVERFLOW' },
  },
});

describe.each(['http', 'https'] as const)('over %s', (scheme) => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator(scheme === 'https' ? { tls, publicHost: 'localhost' } : {});
  });
  afterEach(() => simulator.close());

  const logout = (sessionId: string, options: object = {}) =>
    call(`${simulator.serverUrl}/api/v2/user/logout`, {
      headers: { ...jsonHeaders, icSessionId: sessionId },
      ca: tls.cert,
      ...options,
    });

  /** Resolves a moment after the faulty request arrived. */
  const faultOnce = (fault: Fault) =>
    new Promise<void>((resolve) => {
      simulator.setFaults((_request, index) => {
        if (index > 0) return undefined;
        setTimeout(resolve, 50);
        return fault;
      });
    });

  describe.each([true, false])('effect: %s', (effect) => {
    test.each(Object.entries(rows(effect)))('%s', async (_name, { fault, seen, appetite }) => {
      const arrived = faultOnce(fault);
      const { sessionId } = simulator.openSession(user);
      const giveUp = seen['end'] === 'gave-up' && appetite === undefined ? arrived : undefined;
      expect(await logout(sessionId, { giveUp, appetite })).toMatchObject(seen);
      expect(simulator.openSessions()).toHaveLength(effect ? 0 : 1);
      expect(simulator.requests.map((request) => request.effect)).toEqual([
        effect ? 'session-ended' : 'none',
      ]);
      expect(await logout(sessionId)).toMatchObject({ end: 'complete', status: effect ? 401 : 200 });
    });

    test('a delay, waited for', async () => {
      simulator.setFaults(inOrder({ kind: 'delay', effect, ms: 20 }));
      expect(await logout(simulator.openSession(user).sessionId)).toMatchObject({
        end: 'complete',
        status: 200,
      });
      expect(simulator.openSessions()).toEqual([]);
    });

    test('a delay that the client does not wait for', async () => {
      const giveUp = faultOnce({ kind: 'delay', effect, ms: 150 });
      const { sessionId } = simulator.openSession(user);
      expect(await logout(sessionId, { giveUp })).toMatchObject({ end: 'gave-up' });
      await pause(200);
      expect(simulator.openSessions()).toHaveLength(effect ? 0 : 1);
    });

    test('an endless body', async () => {
      simulator.setFaults(inOrder({ kind: 'endless-body', effect, chunkBytes: 30_000, body: 'words ' }));
      const response = await logout(simulator.openSession(user).sessionId, { appetite: 100_000 });
      expect(response).toMatchObject({
        end: 'gave-up',
        status: 200,
        body: expect.stringMatching(/^(words ){1000}/),
      });
      expect(simulator.openSessions()).toHaveLength(effect ? 0 : 1);
    });
  });

  test('each request gets its own fault, and a new script starts anew', async () => {
    const refuse: Fault = { kind: 'response', effect: false, status: 503 };
    const statuses = async () => [
      (await logout('a')).status,
      (await logout('b')).status,
      (await logout('c')).status,
    ];
    simulator.setFaults(inOrder(undefined, refuse));
    expect(await statuses()).toEqual([401, 503, 401]);
    simulator.setFaults(({ headers }) => (headers['icsessionid'] === 'a' ? refuse : undefined));
    expect(await statuses()).toEqual([503, 401, 401]);
    expect(simulator.requests.map(({ responseStatus }) => responseStatus)).toEqual([
      401, 503, 401, 503, 401, 401,
    ]);
  });
});

/** Sends these requests one after the other over one connection. `closed` if the server closed it. */
function closesAfter(url: string, ...requests: string[]): Promise<{ responses: number; closed: boolean }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
      socket.write(requests.shift() ?? ''),
    );
    const finish = (closed: boolean) => {
      socket.destroy();
      resolve({ responses: text.split('HTTP/1.1 ').length - 1, closed });
    };
    const timer = setTimeout(() => finish(false), 200);
    socket.on('error', reject).on('data', (bytes) => {
      text += bytes.toString();
      const next = requests.shift();
      if (next !== undefined) socket.write(next);
    });
    socket.on('end', () => {
      clearTimeout(timer);
      finish(true);
    });
  });
}

test('a connection is closed when the client asks for it, kept when not, and kept by the fault in any case', async () => {
  const simulator = await startSimulator();
  const request = (connection: string) =>
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nContent-Length: 0\r\n\r\n`;
  const [close, keep] = [request('close'), request('keep-alive')];
  expect(await closesAfter(simulator.loginUrl, close)).toEqual({ responses: 1, closed: true });
  expect(await closesAfter(simulator.loginUrl, keep, keep, close)).toEqual({ responses: 3, closed: true });
  simulator.setFaults(inOrder({ kind: 'keep-open', effect: true }));
  expect(await closesAfter(simulator.loginUrl, close)).toEqual({ responses: 1, closed: false });
  await simulator.close();
});

test('close ends stalled connections at once', async () => {
  const simulator = await startSimulator();
  simulator.setFaults((_request) => {
    setImmediate(() => void simulator.close());
    return { kind: 'silent', effect: false, ending: 'stall' };
  });
  expect(await call(simulator.loginUrl)).toMatchObject(dropped);
});
