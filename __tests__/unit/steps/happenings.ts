import type { Body, Happening, Scene } from '../../../proof/responses/table.ts';
import { row } from '../../../proof/responses/table.ts';
import type { HttpResult } from '../../../src/http.ts';

interface ResponseOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the request does what it should. */
  readonly effect?: boolean;
}

/** A response with exactly this text, which is not in the proof's table. */
export function response(
  status: number,
  text = '',
  { headers = {}, effect = false }: ResponseOptions = {},
): Happening {
  const contentType = text.startsWith('<') ? 'text/html' : 'application/json';
  // Nothing judges these rows by what their body is.
  const body: Body = {
    name: text,
    bytes: () => text,
    contentType,
    content: () => ({ is: 'something else' }),
  };
  return row(status, body, { name: JSON.stringify(headers), lines: Object.entries(headers) }, 'v2', effect);
}

/** What the transport hands over if there is no response, or no complete one. */
export function handedOver(name: string, result: HttpResult, effect = false): Happening {
  return {
    name,
    form: { kind: 'nothing' },
    fault: () => ({ kind: 'silent', effect, ending: 'reset' }),
    response: (_scene: Scene) => result,
  };
}
