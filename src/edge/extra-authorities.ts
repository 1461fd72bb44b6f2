import { readFileSync } from 'node:fs';
import type { ExtraAuthorities } from '../http.ts';

const PEM =
  /^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----$[^-]+^-----END (?:X509 |TRUSTED )?CERTIFICATE-----/gm;

/** Whether Node could read the file in `NODE_EXTRA_CA_CERTS`: if not, it starts without it and says no more than a warning. */
export function extraAuthorities(): ExtraAuthorities {
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  if (!file) return 'not-set';
  // Node 16 and 18 have no `getBuiltinModule`: there a file in PEM counts as used.
  const crypto = process.getBuiltinModule?.('node:crypto');
  try {
    const certificates = readFileSync(file, 'latin1').replaceAll('\r', '').match(PEM) ?? [];
    if (crypto) for (const certificate of certificates) new crypto.X509Certificate(certificate);
    return certificates.length > 0 ? 'used' : 'unusable';
  } catch {
    return 'unusable';
  }
}
