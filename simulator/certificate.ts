import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface CertificateOptions {
  /** The only host name in it; `localhost` by default. */
  readonly host?: string;
  /** The certificate is valid from January 1 of the first year to January 1 of the second. Both must be before 2050. */
  readonly years?: readonly [from: number, to: number];
}

/** In PEM, as `createServer` of `node:https` expects. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A private certificate authority. */
export interface Authority {
  readonly cert: string;
  issue(options?: CertificateOptions): Certificate;
}

interface Signer {
  readonly name: Buffer;
  readonly privateKey: KeyObject;
}

/** Makes a self-signed certificate. It is new each time, so that the repository holds no private key. */
export function selfSigned({ host = 'localhost', ...options }: CertificateOptions = {}): Certificate {
  const { privateKey, publicKey } = newKeys();
  const name = uniqueName(host);
  const cert = signed({ name, privateKey }, name, publicKey, forHost(host), options.years);
  return { key: pem(privateKey), cert };
}

/** Makes a certificate authority. A client that trusts its certificate trusts all certificates that it issues. */
export function privateAuthority(): Authority {
  const { privateKey, publicKey } = newKeys();
  const signer = { name: uniqueName('A private authority'), privateKey };
  // Basic constraints (critical): this certificate may sign others.
  const authority = sequence(hex('0603551d13'), hex('0101ff'), tlv(0x04, sequence(hex('0101ff'))));
  return {
    cert: signed(signer, signer.name, publicKey, authority),
    issue: ({ host = 'localhost', years } = {}) => {
      const keys = newKeys();
      const cert = signed(signer, uniqueName(host), keys.publicKey, forHost(host), years);
      return { key: pem(keys.privateKey), cert };
    },
  };
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A unique name, so that a client with several certificates does not mistake one for the issuer of another. */
function uniqueName(host: string): Buffer {
  const common = tlv(0x0c, Buffer.from(`${host} ${randomBytes(8).toString('hex')}`));
  return sequence(tlv(0x31, sequence(hex('0603550403'), common)));
}

/** The subject alternative name, because clients ignore the common name. */
function forHost(host: string): Buffer {
  return sequence(hex('0603551d11'), tlv(0x04, sequence(tlv(0x82, Buffer.from(host)))));
}

function signed(
  { name, privateKey }: Signer,
  subject: Buffer,
  publicKey: KeyObject,
  extension: Buffer,
  years: NonNullable<CertificateOptions['years']> = [2020, 2049],
): string {
  const algorithm = sequence(hex('06082a8648ce3d040302'));
  const newYear = (year: number) => tlv(0x17, Buffer.from(`${String(year).slice(2)}0101000000Z`));
  const validity = sequence(...years.map(newYear));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const version = hex('a003020102');
  const number = tlv(0x02, Buffer.of(1), randomBytes(8));
  const extensions = tlv(0xa3, sequence(extension));
  const body = sequence(version, number, algorithm, name, validity, subject, spki, extensions);
  const signature = tlv(0x03, Buffer.of(0), sign('sha256', body, privateKey));
  // Lines of 64 characters, without an empty line at the end.
  const base64 = sequence(body, algorithm, signature)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
