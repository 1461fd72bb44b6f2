import { text } from 'node:stream/consumers';
import { httpTransport } from '../../src/edge/http-transport.ts';
import { proxyFor } from '../../src/edge/proxy-settings.ts';
import type { ChildInput } from './transport-process.ts';

/** Sends one request in a separate process and prints the result. The process ends when nothing is left open. */
const { call, patienceMs }: ChildInput = JSON.parse(await text(process.stdin));
const send = httpTransport('tester/1.0', proxyFor);
const startedMs = performance.now();
const over = new AbortController();
if (patienceMs === 0) over.abort();
// `AbortSignal.timeout` would not keep the process alive.
const timer = setTimeout(() => over.abort(), patienceMs);
const result = await send({ ...call, url: new URL(call.url) }, over.signal);
clearTimeout(timer);
const output = { result, tookMs: performance.now() - startedMs };
process.stdout.write(JSON.stringify(output, (key, value) => (key === 'cause' ? undefined : value)));
