import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { HttpRequest, HttpResult } from '../../src/http.ts';
import { compiled } from '../compiled.ts';

export interface ChildInput {
  readonly call: Omit<HttpRequest, 'url'> & { readonly url: string };
  /** 0: none at all, the signal has fired before. */
  readonly patienceMs: number;
}

export interface ChildResult {
  /** Without the causes. */
  readonly result: HttpResult;
  readonly tookMs: number;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly patienceMs?: number;
}

const slowNetwork = fileURLToPath(new URL('../../proof/proxies/slow-network.cjs', import.meta.url));
const script = compiled(new URL('./transport-child.ts', import.meta.url));

/** Sends a request in a process with its own settings: trust in an authority, NODE_DEBUG, a slow network (`DUAL_HOST`). */
export async function sendInProcess(
  call: HttpRequest,
  { env = {}, patienceMs = 10_000 }: ChildOptions = {},
): Promise<ChildResult> {
  const child = spawn(process.execPath, ['--require', slowNetwork, script], {
    env: { PATH: process.env['PATH'], ...env },
  });
  const input: ChildInput = { call: { ...call, url: call.url.href }, patienceMs };
  child.stdin.end(JSON.stringify(input));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { ...JSON.parse(stdout), stderr, exitCode: child.exitCode };
}
