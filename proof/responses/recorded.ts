import { startSimulator } from '../../simulator/index.ts';
import { httpTransport } from '../../src/edge/http-transport.ts';
import type { HttpResult } from '../../src/http.ts';
import type { Happening, Scene } from './table.ts';

const SCENE: Scene = { secret: 'a-secret-4711', foreignUrl: 'http://127.0.0.1:9/', effect: false };
const PATIENCE_MS = 10_000;

const results = new Map<Happening, HttpResult>();

/**
 * Plays faults of the wire to the real transport, once each, so that the virtual world hands over what a socket did. Faults that
 * last as long as they are let, and those that let the true response through, need no recording.
 */
export async function record(happenings: readonly Happening[]): Promise<void> {
  const server = await startSimulator();
  const send = httpTransport('proof', () => ({ ok: true, value: undefined }));
  try {
    for (const happening of happenings) {
      const fault = happening.fault(SCENE);
      if (results.has(happening) || fault === undefined || happening.holds) continue;
      server.setFaults(() => fault);
      const url = new URL(`${server.serverUrl}/api/v2/user/logout`);
      const request = { method: 'POST', url, headers: { icSessionId: SCENE.secret }, body: '' } as const;
      results.set(happening, await send(request, AbortSignal.timeout(PATIENCE_MS)));
    }
  } finally {
    await server.close();
  }
}

/** What the transport made of it. */
export function recorded(happening: Happening): HttpResult {
  const result = results.get(happening);
  if (result === undefined) throw new Error(`${happening.name} was not recorded`);
  return result;
}
