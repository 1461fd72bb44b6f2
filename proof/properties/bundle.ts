import { createServer } from 'node:http';
import * as fc from 'fast-check';
import type { StepResult } from '../../runner/index.ts';
import { inputValues } from '../../src/inputs/values.ts';
import { type Order, readOrder } from '../../src/requests/order.ts';
import { readState } from '../../src/state.ts';
import { newJob } from '../play.ts';
import { inputArbitrary, urls } from './input-arbitrary.ts';
import { type Property, property } from './property.ts';
import { stateArbitrary } from './states.ts';
import { harmless, truthful } from './violation.ts';

const CASES = 200;

/** A server on loopback that counts what arrives; it is the proxy too, so that nothing gets any further. */
export class CountingServer {
  requests = 0;
  readonly #server = createServer((_, response) => {
    this.requests += 1;
    response.end();
  });

  async listen(): Promise<this> {
    this.#server.on('connect', (_, socket) => {
      this.requests += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get origin(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  close(): void {
    this.#server.close();
  }
}

/** The same as in process, against the shipped bundles: `server` is all that they may reach. */
export function bundleProperties(server: CountingServer): readonly Property[] {
  const url = fc.oneof(
    fc.constantFrom(server.origin, `${server.origin}/saas`, `${server.origin}/ma/home`),
    urls,
  );
  const own = ({ call }: { readonly call: { readonly url: URL } }) => call.url.origin === server.origin;
  const inputs = inputArbitrary(url).map((given) => inputValues((name) => variable(given[name])));
  const states = stateArbitrary(url).map(variable);
  return [
    property(
      'cases of inputs to the shipped bundle',
      inputs,
      async (given) => {
        const order = readOrder(given);
        const away = order.ok && !own(questionOf(order.value));
        // What is for another host is not to be sent, but scheduled.
        const { main, requests } = await play(server, away ? { ...given, when: 'job-end' } : given);
        truthful(main.exitCode === (order.ok ? 0 : 1), `exit code ${main.exitCode}`);
        harmless((main.stateFile === '') === !order.ok, `saved: ${main.stateFile}`);
        const now = order.ok && !away && order.value.settings.when === 'now';
        harmless(requests === Number(now), `${requests} requests`);
      },
      CASES,
    ),
    property(
      'cases of state to the shipped bundle',
      states,
      async (text) => {
        const state = readState(text);
        const order = state.kind === 'pending' ? readOrder(state.inputs) : { ok: false as const };
        fc.pre(!order.ok || own(questionOf(order.value)));
        // Without inputs main saves nothing, and post is given this state.
        const { post, requests } = await play(server, {}, text);
        // A password that was heard as often as it may be is not sent again.
        const sends =
          state.kind === 'pending' && order.ok && state.heard < questionOf(order.value).mayBeHeard;
        harmless(requests === Number(sends), `${requests} requests`);
        const fails = order.ok && !sends && order.value.settings.onCleanupFailure === 'fail';
        harmless(post?.exitCode === Number(fails), `exit code ${post?.exitCode}`);
        const ended = post?.log.some((line) => /^Ended /.test(line)) ?? false;
        truthful(ended === sends, `${post?.log}`);
      },
      CASES,
    ),
  ];
}

/** The question of a mode that ends something: no other is drawn. */
function questionOf({ work }: Order) {
  if (work.kind !== 'end') throw new Error('a mode that opens a session was drawn');
  return work.question;
}

async function play(server: CountingServer, inputs: Readonly<Record<string, string>>, state?: string) {
  const env = { http_proxy: server.origin, https_proxy: server.origin };
  const job = newJob({ env: state === undefined ? env : { ...env, STATE_session: state } });
  const before = server.requests;
  try {
    const main = await job.run(inputs);
    const [post] = state === undefined ? [] : await job.posts();
    for (const step of [main, post]) expectOrderly(step);
    return { main, post, requests: server.requests - before };
  } finally {
    await job.dispose();
  }
}

function expectOrderly(step: StepResult | undefined): void {
  harmless((step?.stderr ?? '') === '', `stderr: ${step?.stderr}`);
  const stack = /^\s+at .*$|unexpectedly|Could not/m.exec(step?.stdout ?? '')?.[0];
  harmless(stack === undefined, `it says: ${stack}`);
}

/** What the environment makes of a text: it ends at a NUL, and has no half characters. */
function variable(text: string): string {
  return Buffer.from(text.replaceAll('\0', '')).toString();
}
