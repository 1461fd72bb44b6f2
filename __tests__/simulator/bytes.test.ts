import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { type Fault, inOrder } from '../../simulator/index.ts';
import { login, simulator, start, pipeline as user } from './api.ts';

describe('a response of bytes', () => {
  /** All that comes back, as it is, until the server closes the connection. */
  const bytesOf = async (fault: Fault) => {
    await start();
    const { sessionId } = simulator.openSession(user);
    simulator.setFaults(inOrder(fault));
    const socket = connect(Number(new URL(simulator.loginUrl).port), '127.0.0.1');
    socket.write(
      [
        'POST /saas/api/v2/user/logout HTTP/1.1',
        'Host: x',
        'Connection: close',
        'Content-Type: application/json',
        'Accept: */*',
        `icSessionId: ${sessionId}`,
        'Content-Length: 0',
        '\r\n',
      ].join('\r\n'),
    );
    const all = await buffer(socket);
    const end = all.indexOf('\r\n\r\n');
    return { head: all.subarray(0, end).toString(), body: all.subarray(end + 4) };
  };
  const object = '{"@type":"success"}';

  test.each([true, false])('in another encoding; effect: %s', async (effect) => {
    const body = Buffer.from(`\ufeff${object}`, 'utf16le');
    const response = await bytesOf({ kind: 'response', effect, body });
    expect(response.body).toEqual(body);
    expect(response.head).toContain(`Content-Length: ${body.length}`);
    expect(simulator.openSessions()).toHaveLength(effect ? 0 : 1);
  });

  test('compressed, with headers of one’s own', async () => {
    const headers = [
      ['Content-Encoding', 'gzip'],
      ['WWW-Authenticate', 'Negotiate'],
      ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ] as const;
    const response = await bytesOf({ kind: 'response', effect: true, headers, body: gzipSync(object) });
    expect(gunzipSync(response.body).toString()).toBe(object);
    for (const [name, value] of headers) expect(response.head).toContain(`\r\n${name}: ${value}`);
    expect(response.head.match(/^date:/gim)).toHaveLength(1);
  });

  test('whose end is the connection’s', async () => {
    const response = await bytesOf({ kind: 'until-close', effect: true, body: object });
    expect(response.body.toString()).toBe(object);
    expect(response.head).not.toMatch(/content-length|transfer-encoding|keep-alive/i);
  });

  test('made of the true one', async () => {
    const edit = (truth: string) =>
      truth.replace(/"serverUrl":"[^"]*"/, '"serverUrl":"https://elsewhere.example"');
    await start();
    simulator.setFaults(inOrder({ kind: 'response', effect: true, body: edit }));
    const response = JSON.parse((await login(user)).body);
    expect(response).toMatchObject({
      serverUrl: 'https://elsewhere.example',
      icSessionId: simulator.openSessions()[0]?.sessionId,
    });
  });
});
