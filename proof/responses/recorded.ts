import { sampleOrganizations, startSimulator } from '../../simulator/index.ts';
import { httpTransport } from '../../src/edge/http-transport.ts';
import type { HttpResult } from '../../src/http.ts';
import type { Happening, Scene } from './table.ts';

const PATIENCE_MS = 10_000;
/** A fault that lasts as long as it is let is cut off soon: what counts is what had come by then. */
const SHORT_MS = 300;

const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' };

const results = new Map<Happening, HttpResult>();

/**
 * Plays faults of the wire to the real transport, once each, so that the virtual world hands over what a socket did. Again, with
 * more time, if the status did not arrive in time.
 */
export async function record(happenings: readonly Happening[]): Promise<void> {
  const server = await startSimulator();
  const [user] = sampleOrganizations[0].users;
  const { sessionId } = server.openSession(user);
  const scene: Scene = { secret: sessionId, foreignUrl: 'http://127.0.0.1:9/', effect: false };
  const send = httpTransport('proof', () => ({ ok: true, value: undefined }));
  try {
    for (const happening of happenings) {
      const fault = happening.fault(scene);
      // If the request gets a proper response in the end, that response is handed over.
      if (results.has(happening) || fault === undefined || happening.form.kind === 'truth') continue;
      if (happening.response !== undefined) continue;
      // The session has to be there for the next one.
      server.setFaults(() => ({ ...fault, effect: false }));
      const url = new URL(`${server.serverUrl}/api/v2/user/logout`);
      const headers = { ...JSON_HEADERS, icSessionId: sessionId };
      const receive = (patienceMs: number) =>
        send({ method: 'POST', url, headers, body: '' }, AbortSignal.timeout(patienceMs));
      let patienceMs = happening.takesAllTime ? SHORT_MS : PATIENCE_MS;
      let result = await receive(patienceMs);
      // On a busy machine the status may take longer than that.
      while (!hasExpectedStatus(happening, result) && patienceMs < PATIENCE_MS) {
        patienceMs = Math.min(2 * patienceMs, PATIENCE_MS);
        result = await receive(patienceMs);
      }
      if (!hasExpectedStatus(happening, result))
        throw new Error(`${happening.name}: the status did not arrive`);
      results.set(happening, result);
    }
  } finally {
    await server.close();
  }
}

/** Whether the transport read the status that the happening is said to have. */
function hasExpectedStatus({ form }: Happening, result: HttpResult): boolean {
  return form.kind !== 'other' || (result.kind === 'response' && result.statusCode === form.status);
}

/** What the transport made of it. */
export function recorded(happening: Happening): HttpResult {
  const result = results.get(happening);
  if (result === undefined) throw new Error(`${happening.name} was not recorded`);
  return result;
}
