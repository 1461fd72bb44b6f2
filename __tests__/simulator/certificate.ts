import { generateKeyPairSync, sign } from 'node:crypto';

/** A self-signed certificate for `localhost`, made anew, so that no private key lies in the repository. */
export function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(hex('06082a8648ce3d040302'));
  const name = sequence(tlv(0x31, sequence(hex('0603550403'), tlv(0x0c, Buffer.from('localhost')))));
  const validity = sequence(tlv(0x17, Buffer.from('200101000000Z')), tlv(0x17, Buffer.from('491231235959Z')));
  const host = tlv(0x04, sequence(tlv(0x82, Buffer.from('localhost'))));
  const extensions = tlv(0xa3, sequence(sequence(hex('0603551d11'), host)));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const version = hex('a003020102');
  const body = sequence(version, hex('020101'), algorithm, name, validity, name, spki, extensions);
  const signature = tlv(0x03, Buffer.of(0), sign('sha256', body, privateKey));
  const base64 = sequence(body, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
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
