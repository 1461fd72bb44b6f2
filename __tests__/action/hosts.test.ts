import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { visible } from '../../runner/index.ts';
import { privateAuthority, selfSigned } from '../../simulator/certificate.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import { fileWith } from './files.ts';
import {
  afterwards,
  inputsToEnd,
  mainAndPost,
  NO_SESSION,
  newJob,
  onlyMain,
  outcomeLine,
  outcomeOf,
  pipeline,
  RETRY_LINE,
  startCloud,
} from './support.ts';

/** A proxy that connects to `target`, whatever host the client names, or responds with a status. */
async function startProxy(target: number | { readonly status: number }) {
  const connects: string[] = [];
  const server = createServer();
  server.on('connect', (request, client) => {
    connects.push(`${request.url} ${JSON.stringify(request.headers)}`);
    client.on('error', () => {});
    if (typeof target !== 'number') {
      client.end(`HTTP/1.1 ${target.status} No\r\n\r\n`);
      return;
    }
    const upstream = connect(target, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterwards(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return { connects, url: `http://127.0.0.1:${address.port}` };
}

const portOf = ({ loginUrl }: { loginUrl: string }) => Number(new URL(loginUrl).port);

test.each([
  ['as it is', {}],
  // Set for another tool of the job: it must not allow the action to send credentials.
  ['though the job trusts everything', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
])('a certificate that is not trusted, %s', async (_name, env) => {
  const cloud = await startCloud({ publicHost: 'localhost', tls: selfSigned() });
  const job = newJob({ env });
  const inputs = inputsToEnd(cloud.openSession(pipeline), cloud, { 'timeout-seconds': '5' });
  const { main, post } = await mainAndPost({ job, inputs });
  for (const step of [main, post]) {
    // Twice in a step, however much time is left.
    expect(step.log).toEqual([
      expect.stringMatching(RETRY_LINE),
      expect.stringMatching(
        new RegExp(
          String.raw`^(Error|Warning): ${UNCONFIRMED_END}: .*not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)`,
        ),
      ),
    ]);
    expect(outcomeLine(step)).toContain('NODE_EXTRA_CA_CERTS');
  }
  expect(main.exitCode).toBe(1);
  expect(main.outputs).toMatchObject({
    result: 'failed',
    attempts: '2',
    'status-code': '',
    'error-code': '',
  });
  expect(cloud.requests).toEqual([]);
});

test('a certificate that is not trusted is no login that failed', async () => {
  const tls = selfSigned();
  const cloud = await startCloud({ publicHost: 'localhost', tls });
  const inputs = { mode: 'logoutall', 'login-url': cloud.loginUrl, ...pipeline, 'timeout-seconds': '5' };
  const { main, post } = await mainAndPost({ job: newJob(), inputs });
  expect(main.outputs['attempts']).toBe('2');
  expect(post.log).toEqual([
    expect.stringMatching(RETRY_LINE),
    expect.stringMatching(/^Warning: Not confirmed/),
  ]);
});

test('a certificate for another name', async () => {
  const certificate = selfSigned({ host: 'idmc.example.com' });
  const cloud = await startCloud({ publicHost: 'localhost', tls: certificate });
  const job = newJob({ env: { NODE_EXTRA_CA_CERTS: fileWith(certificate.cert) } });
  const { log } = await job.run(inputsToEnd(cloud.openSession(pipeline), cloud, { 'timeout-seconds': '5' }));
  expect(outcomeLine({ log })).toContain('is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)');
  expect(cloud.requests).toEqual([]);
});

test.each(['now', 'job-end'])('an authority of one’s own in NODE_EXTRA_CA_CERTS, when: %s', async (when) => {
  const authority = privateAuthority();
  const cloud = await startCloud({ publicHost: 'localhost', tls: authority.issue() });
  const job = newJob({ env: { NODE_EXTRA_CA_CERTS: fileWith(authority.cert) } });
  await mainAndPost({ job, inputs: inputsToEnd(cloud.openSession(pipeline), cloud, { when }) });
  expect(cloud.openSessions()).toEqual([]);
});

test('https to a server that speaks http', async () => {
  const cloud = await startCloud({ publicHost: 'localhost' });
  const inputs = inputsToEnd(cloud.openSession(pipeline), cloud, { 'timeout-seconds': '8' });
  const { log, exitCode } = await newJob().run({
    ...inputs,
    'server-url': cloud.serverUrl.replace('http:', 'https:'),
  });
  expect(outcomeLine({ log })).toMatch(
    new RegExp(String.raw`^Error: ${UNCONFIRMED_END}: .*TLS with localhost:\d+ failed \(\w+\)`),
  );
  expect(exitCode).toBe(1);
  expect(cloud.requests).toEqual([]);
});

// Real host names and certificates are reached through a proxy, so nothing leaves this machine.
test.each([
  ['usw3.dm-us.informaticacloud.com', ''],
  ['dm-us.informaticaondemand.com', ''],
  ['dm-us.informaticagovcloud.com', ''],
  ['idmc.example.com', 'idmc.example.com'],
])('through a proxy to %s', async (name, trustedHosts) => {
  const certificate = selfSigned({ host: name });
  const cloud = await startCloud({ tls: certificate });
  const session = cloud.openSession(pipeline);
  const proxy = await startProxy(portOf(cloud));
  const job = newJob({ env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: fileWith(certificate.cert) } });
  const inputs = {
    'server-url': `https://${name}/saas`,
    'trusted-hosts': trustedHosts,
    'timeout-seconds': '5',
  };
  const main = await onlyMain({ job, inputs: { ...inputsToEnd(session, cloud), ...inputs } });
  expect(outcomeOf(main)).toBe('Ended');
  expect(proxy.connects).toEqual([expect.stringMatching(new RegExp(`^${name}:443 `))]);
  // What the proxy can read has no credentials in it.
  expect(proxy.connects.join()).not.toContain(session.sessionId);
  expect(cloud.openSessions()).toEqual([]);
});

test.each([
  'https://informaticacloud.com.evil.example/saas',
  'https://evilinformaticacloud.com/saas',
  'http://dm-us.informaticacloud.com/saas',
])('the proxy gets no request for %s', async (url) => {
  const proxy = await startProxy({ status: 502 });
  const job = newJob({ env: { https_proxy: proxy.url, http_proxy: proxy.url } });
  const inputs = { mode: 'logout', 'server-url': url, 'session-id': NO_SESSION, 'timeout-seconds': '1' };
  const main = await onlyMain({ job, inputs });
  expect(main.exitCode).toBe(1);
  expect(proxy.connects).toEqual([]);
});

test('a proxy that refuses', async () => {
  const proxy = await startProxy({ status: 407 });
  const job = newJob({ env: { https_proxy: proxy.url.replace('//', '//name:not-a-real-password@') } });
  const inputs = { mode: 'logoutall', 'login-url': 'dm-us', ...pipeline, 'timeout-seconds': '5' };
  const main = await onlyMain({ job, inputs });
  expect(outcomeLine(main)).toMatch(new RegExp(`^Error: ${UNCONFIRMED_END}: .*HTTP 407`));
  expect(outcomeLine(main)).toContain(new URL(proxy.url).host);
  expect(main.exitCode).toBe(1);
  expect(visible(main)).not.toContain('not-a-real-password');
  // Once: a directory account locks behind it.
  expect(proxy.connects).toHaveLength(1);
  expect(proxy.connects.join()).not.toContain(pipeline.password);
});

test('loopback needs no proxy', async () => {
  const proxy = await startProxy({ status: 502 });
  const cloud = await startCloud();
  const job = newJob({ env: { https_proxy: proxy.url, http_proxy: proxy.url } });
  await job.run(inputsToEnd(cloud.openSession(pipeline), cloud));
  expect(cloud.openSessions()).toEqual([]);
  expect(proxy.connects).toEqual([]);
});
