import type { Fault } from '../../simulator/index.ts';
import { answer, errorV2, errorV3 } from './support.ts';

/** What an answer is taken for; with what the log says of it, where it says more than the status. */
export type Meaning =
  | { readonly kind: 'ended'; readonly status: number }
  | { readonly kind: 'already-ended' | 'refused' | 'unknown'; readonly says: string };

/** One row of the table "What an answer means": a first answer, and its meaning for each mode. */
export interface Row {
  readonly name: string;
  readonly fault: Fault;
  readonly logout: Meaning;
  readonly logoutall: Meaning;
}

const IP_HINT = "an organization's trusted IP addresses also keep out runners";
const PASSWORD_HINT = `check username, password and login-url; ${IP_HINT}`;

const endedRow = (name: string, status: number, body = '', headers = {}): Row => {
  const meaning: Meaning = { kind: 'ended', status };
  return {
    name,
    fault: { ...answer(status, body, headers), effect: true },
    logout: meaning,
    logoutall: meaning,
  };
};

/** A session id that is not valid belongs to a session that is gone; with a password it is a refusal. */
const alreadyEndedRow = (name: string, status: number, body: string, says = `HTTP ${status}`): Row => ({
  name,
  fault: answer(status, body),
  logout: { kind: 'already-ended', says },
  logoutall: refused(status, says, PASSWORD_HINT, 'login-url'),
});

const refusedRow = (name: string, status: number, body = '', says = `HTTP ${status}`): Row => ({
  name,
  fault: answer(status, body),
  logout: refused(status, says, IP_HINT, 'server-url'),
  logoutall: refused(status, says, PASSWORD_HINT, 'login-url'),
});

function refused(status: number, says: string, hint: string, urlInput: string): Meaning {
  const hints = status === 401 || status === 403 ? `; ${hint}` : status === 404 ? `; check ${urlInput}` : '';
  return { kind: 'refused', says: `The server refused: ${says}${hints}` };
}

/** Settles nothing of a session; a password that is not valid is not sent again. */
const rejectedRow = (name: string, status: number, body: string, says: string): Row => ({
  name,
  fault: answer(status, body),
  logout: { kind: 'unknown', says: `the server answered ${says}` },
  logoutall: refused(status, says, PASSWORD_HINT, 'login-url'),
});

const unknownRow = (name: string, fault: Fault, says: string): Row => {
  const meaning: Meaning = { kind: 'unknown', says };
  return { name, fault, logout: meaning, logoutall: meaning };
};

const transientRow = (status: number, body = '', says = `HTTP ${status}`): Row =>
  unknownRow(
    `${status} ${says === `HTTP ${status}` ? '' : 'and an error object'}`,
    answer(status, body),
    `the server answered ${says}`,
  );

const redirectRow = (status: number, location: string | undefined, place: string): Row => {
  const says = `The server answered HTTP ${status}, a redirect to ${place}; it was not followed, and nothing was sent there: check`;
  return {
    name: `${status} to ${location ?? 'nowhere'}`,
    fault: answer(status, '', location === undefined ? {} : { Location: location }),
    logout: { kind: 'refused', says: `${says} server-url` },
    logoutall: { kind: 'refused', says: `${says} login-url` },
  };
};

const signInPage = '<!doctype html><title>Sign in</title>';
const KiB64 = 64 * 1024;
const notJson = 'the answer (HTTP 200) was not JSON but perhaps a sign-in or maintenance page';
const tooLarge = 'the answer (HTTP 200) was over 64 KiB';
/** The port in a message is put in by the test. */
export const HOST = '<host>';
const broke = `the connection to ${HOST} broke (ECONNRESET)`;

export const rows: readonly Row[] = [
  endedRow('200, empty', 200),
  endedRow('200 and blanks', 200, ' \n'),
  endedRow('200 and the success object', 200, '{"@type":"success"}'),
  endedRow('200 and null', 200, 'null'),
  endedRow('200 and a list', 200, '[]'),
  endedRow('200 and an error that is none', 200, '{"error":null}'),
  endedRow('200 and JSON of exactly 64 KiB', 200, '{}'.padEnd(KiB64)),
  endedRow('200 and JSON that is announced as HTML', 200, '{}', { 'Content-Type': 'text/html' }),
  endedRow('201', 201, '{}'),
  endedRow('204', 204),

  alreadyEndedRow('401, v2', 401, errorV2(401, 'AUTH_01'), 'AUTH_01 "No." (HTTP 401)'),
  alreadyEndedRow('401, v3', 401, errorV3('AUTH_02'), 'AUTH_02 "No." (HTTP 401)'),
  alreadyEndedRow('403 with AUTH_01, v2', 403, errorV2(403, 'AUTH_01'), 'AUTH_01 "No." (HTTP 403)'),
  alreadyEndedRow('403 with AUTH_01, v3', 403, errorV3('AUTH_01'), 'AUTH_01 "No." (HTTP 403)'),
  alreadyEndedRow('200 with statusCode 401', 200, errorV2(401, 'X_1'), 'X_1 "No." (HTTP 200)'),
  alreadyEndedRow(
    '202 with statusCode 403 and AUTH_01',
    202,
    errorV2(403, 'AUTH_01'),
    'AUTH_01 "No." (HTTP 202)',
  ),
  alreadyEndedRow('400 with statusCode 401', 400, errorV2(401, 'X_1'), 'X_1 "No." (HTTP 400)'),
  alreadyEndedRow('401, empty', 401, ''),
  alreadyEndedRow('401, HTML', 401, signInPage),
  alreadyEndedRow('401, over 64 KiB', 401, '{}'.padEnd(KiB64 + 1)),

  refusedRow('200 with an error object, v2', 200, errorV2(403, 'UI_10000'), 'UI_10000 "No." (HTTP 200)'),
  refusedRow('200 with an error object, v3', 200, errorV3('AUTH_01'), 'AUTH_01 "No." (HTTP 200)'),
  refusedRow('400 with AUTH_01', 400, errorV2(400, 'AUTH_01'), 'AUTH_01 "No." (HTTP 400)'),
  refusedRow('403 without AUTH_01, v2', 403, errorV2(403, 'UI_10000'), 'UI_10000 "No." (HTTP 403)'),
  refusedRow('403 without AUTH_01, v3', 403, errorV3('IDS_085'), 'IDS_085 "No." (HTTP 403)'),
  refusedRow('401 and JSON that is no error object', 401, '{}'),
  refusedRow('400, empty', 400),
  refusedRow('403, empty', 403),
  refusedRow('403, HTML', 403, signInPage),
  refusedRow('404, HTML', 404, signInPage),
  refusedRow('404, v2', 404, errorV2(404, 'X_2'), 'X_2 "No." (HTTP 404)'),
  refusedRow('405', 405),
  refusedRow('413', 413),
  refusedRow('422', 422, '{}'),
  refusedRow('499', 499),

  redirectRow(300, undefined, 'a place it does not name'),
  redirectRow(301, 'https://login.example.com/path?query=1', 'login.example.com'),
  redirectRow(302, 'https://name:word@login.example.com:8443/', 'login.example.com:8443'),
  redirectRow(303, '/relative', HOST),
  redirectRow(307, 'http://informaticacloud.com.evil.example/', 'informaticacloud.com.evil.example'),
  redirectRow(308, '//evil.example', 'evil.example'),
  redirectRow(302, 'http://[not a URL', 'a place it does not name'),

  transientRow(408),
  transientRow(425),
  transientRow(429),
  transientRow(500, signInPage),
  transientRow(502),
  transientRow(503, errorV2(503, 'X_3', 'Maintenance.'), 'X_3 "Maintenance." (HTTP 503)'),
  transientRow(504, errorV3('X_4'), 'X_4 "No." (HTTP 504)'),
  transientRow(599),
  rejectedRow('503 with statusCode 403', 503, errorV2(403, 'UI_10000'), 'UI_10000 "No." (HTTP 503)'),
  rejectedRow('500 with IDS_085', 500, errorV3('IDS_085'), 'IDS_085 "No." (HTTP 500)'),
  unknownRow('200 and HTML', answer(200, signInPage), notJson),
  unknownRow('200 and a part of JSON', answer(200, '{"@type":"succ'), notJson),
  unknownRow('200 and JSON of 64 KiB and a byte', answer(200, '{}'.padEnd(KiB64 + 1)), tooLarge),
  unknownRow('200 and a body without an end', { kind: 'endless-body', effect: false }, tooLarge),
  unknownRow('FIN instead of an answer', { kind: 'silent', effect: false, ending: 'close' }, broke),
  unknownRow('RST instead of an answer', { kind: 'silent', effect: false, ending: 'reset' }, broke),
  unknownRow('FIN in the body', { kind: 'cut-body', effect: false, ending: 'close' }, broke),
  unknownRow('RST in the body', { kind: 'cut-body', effect: false, ending: 'reset' }, broke),
  unknownRow(
    'FIN in the headers',
    { kind: 'raw', effect: false, bytes: 'HTTP/1.1 200 OK\r\nContent-', ending: 'close' },
    broke,
  ),
  unknownRow(
    'something else than HTTP',
    { kind: 'raw', effect: false, bytes: 'SSH-2.0-OpenSSH_9.9\r\n', ending: 'close' },
    `the connection to ${HOST} broke (HPE_INVALID_CONSTANT)`,
  ),
];
