import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';

/** Sets this process up as a step of a job: with the runner's files, and with its output recorded. */
export class StepProcess {
  printed = '';
  readonly #before = { ...process.env };
  readonly #folder = mkdtempSync(join(tmpdir(), 'step-'));

  constructor() {
    // These tests may themselves run on a runner.
    for (const name of Object.keys(process.env)) {
      if (/^(GITHUB|INPUT|STATE)_|_proxy$/i.test(name)) delete process.env[name];
    }
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      this.printed += String(chunk);
      return true;
    });
  }

  /** Makes an empty file, named in the environment. */
  hasFile(variable: string): void {
    process.env[variable] = join(this.#folder, variable);
    writeFileSync(join(this.#folder, variable), '');
  }

  /** Names a file that cannot be written. */
  hasNoFile(variable: string): void {
    process.env[variable] = join(this.#folder, 'missing', variable);
  }

  fileOf(variable: string): string {
    return readFileSync(join(this.#folder, variable), 'utf8');
  }

  /** What the runner reads in a file of names and values: of each name the last value. */
  valuesOf(variable: string): Readonly<Record<string, string>> {
    const blocks = this.fileOf(variable).matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2\n/gm);
    return Object.fromEntries([...blocks].map(([, name = '', , value = '']) => [name, value]));
  }

  restore(): void {
    jest.restoreAllMocks();
    process.env = { ...this.#before };
    process.exitCode = undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.removeAllListeners(signal);
    rmSync(this.#folder, { recursive: true });
  }
}

/** Has the process believe that so many bytes of its output are still to be written. Undone by the function returned. */
export function unwritten(bytes: number): () => void {
  // Node's own property cannot be spied on.
  Object.defineProperty(process.stdout, 'writableLength', { configurable: true, value: bytes });
  return () => {
    Reflect.deleteProperty(process.stdout, 'writableLength');
  };
}
