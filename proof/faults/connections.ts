import { type Certificate, privateAuthority } from '../../simulator/certificate.ts';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import type { Encounter, Form } from '../responses/form.ts';
import { type Line, Switchboard } from './switchboard.ts';

/** Something that goes wrong before the server can see a request. */
export interface ConnectionCase extends Encounter {
  /** What becomes of the connection, or the certificate that it is met with. */
  readonly line: Exclude<Line, number> | Certificate;
}

export const authority = privateAuthority();

const form: Form = { kind: 'nothing' };

/** Over TLS nothing is sent before the handshake is done, so that no such request can have reached the server. */
export function connectionCases(tls: boolean): readonly ConnectionCase[] {
  const lines: ConnectionCase[] = [
    { name: 'a refused connection', form, line: 'refused', neverSent: true },
    // Without TLS it may be known in time, so that nothing is sent.
    { name: 'a connection that is reset', form, line: 'reset', neverSent: tls, ambiguous: !tls },
    { name: 'a connection that is closed', form, line: 'close', neverSent: tls, ambiguous: !tls },
    { name: 'a connection that is silent', form, line: 'silent', neverSent: tls, takesAllTime: true },
    { name: 'a connection that is garbled', form, line: 'garbage', neverSent: tls },
  ];
  return tls ? [...lines, ...badCertificates] : lines;
}

const badCertificates = Object.entries({
  expired: authority.issue({ years: [2020, 2021] }),
  'not yet valid': authority.issue({ years: [2048, 2049] }),
  'for another name': authority.issue({ host: 'elsewhere.example' }),
  'of an unknown authority': privateAuthority().issue(),
}).map(([how, line]): ConnectionCase => ({ name: `a certificate ${how}`, form, line, neverSent: true }));

/** The door through which the connections of one case come. */
export interface Entrance {
  readonly port: number;
  /** Takes a line of the step's log: that is how it learns of a connection that was refused. */
  hear(line: string): void;
  /** Main has ended: what it did not get to be refused, post is not refused either. */
  mainEnded(): Promise<void>;
  /** Requests to servers whose certificate should have kept everyone away. */
  misled(): number;
  close(): Promise<void>;
}

/** Puts connections through to the server at `port`, but for those that meet a `ConnectionCase`, which it tells `note`. */
export async function openEntrance(
  plan: readonly (Encounter | ConnectionCase)[],
  port: number,
  note: (met: Encounter) => void,
): Promise<Entrance> {
  if (!plan.some((entry) => 'line' in entry)) return straightThrough(port);
  const impostors: Simulator[] = [];
  const lines: Line[] = [];
  for (const entry of plan) {
    if (!('line' in entry)) lines.push(port);
    else if (typeof entry.line === 'string') lines.push(entry.line);
    else {
      const impostor = await startSimulator({ tls: entry.line });
      impostors.push(impostor);
      lines.push(portOf(impostor.loginUrl));
    }
  }
  const switchboard = new Switchboard([...lines, port], (index) => {
    const entry = plan[index];
    if (entry !== undefined && 'line' in entry) note(entry);
  });
  await switchboard.start();
  return {
    port: switchboard.port,
    hear: (line) => {
      const attempts = /^Attempt (\d+):/.exec(line)?.[1];
      if (attempts !== undefined) void switchboard.failed(Number(attempts));
    },
    mainEnded: () => switchboard.failed(Number.POSITIVE_INFINITY),
    misled: () => impostors.reduce((sum, { requests }) => sum + requests.length, 0),
    close: async () => {
      switchboard.close();
      for (const impostor of impostors) await impostor.close();
    },
  };
}

/** Without a thing in between that could change how a connection ends. */
function straightThrough(port: number): Entrance {
  return { port, hear: () => {}, mainEnded: async () => {}, misled: () => 0, close: async () => {} };
}

export function portOf(url: string): number {
  return Number(new URL(url).port);
}
