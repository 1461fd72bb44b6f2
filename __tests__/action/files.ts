import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterwards } from './support.ts';

/** The path of a file with these contents. It is removed after the test. */
export function fileWith(contents: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'file-'));
  afterwards(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file.pem'), contents);
  return join(folder, 'file.pem');
}
