import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileCommandPairs } from './file-commands.ts';
import { NameMap, requireName } from './name-map.ts';
import type { StepLog } from './step-log.ts';

/** The paths of a step's command files, by the variable that holds each path. */
export interface StepFiles {
  readonly GITHUB_ENV: string;
  readonly GITHUB_OUTPUT: string;
  readonly GITHUB_PATH: string;
  readonly GITHUB_STATE: string;
  readonly GITHUB_STEP_SUMMARY: string;
}

/** What a step wrote to its files, except outputs and state, which go to the log. */
export interface FileEffects {
  readonly env: ReadonlyMap<string, string>;
  readonly paths: readonly string[];
  readonly summary: string;
  readonly stateFile: string;
}

const largestSummary = 1024 * 1024;

/** Creates empty files for a step in a new folder, because the runner gives each step process new files. */
export function createStepFiles(folder: string): StepFiles {
  mkdirSync(folder);
  const emptyFile = (name: string) => {
    const path = join(folder, name);
    writeFileSync(path, '');
    return path;
  };
  return {
    GITHUB_ENV: emptyFile('set_env'),
    GITHUB_OUTPUT: emptyFile('set_output'),
    GITHUB_PATH: emptyFile('add_path'),
    GITHUB_STATE: emptyFile('save_state'),
    GITHUB_STEP_SUMMARY: emptyFile('step_summary'),
  };
}

/**
 * Processes the files of a step that has ended, in the runner's order, even after a kill. A malformed file fails the
 * step, but the pairs before the malformed one count.
 */
export function processStepFiles(files: StepFiles, log: StepLog): FileEffects {
  const attempt = (what: string, process: () => void) => {
    try {
      process();
    } catch (error) {
      log.failCommand(`file command '${what}'`, error instanceof Error ? error.message : String(error));
    }
  };
  const env = new NameMap();
  let paths: readonly string[] = [];
  let summary = '';
  let stateFile = '';

  attempt('path', () => {
    paths = readText(files.GITHUB_PATH)
      .split(/\r\n|\r|\n/)
      .filter((line) => line !== '');
  });
  attempt('env', () => {
    for (const [name, value] of fileCommandPairs(readText(files.GITHUB_ENV))) {
      if (name.toUpperCase() === 'NODE_OPTIONS') {
        log.error("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
      } else {
        requireName(name);
        env.set(name, value);
        log.debug(`${name}='${value}'`);
      }
    }
  });
  attempt('step_summary', () => {
    summary = readText(files.GITHUB_STEP_SUMMARY);
    if (Buffer.byteLength(summary) > largestSummary) {
      log.error('$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k.');
    }
  });
  attempt('state', () => {
    stateFile = readText(files.GITHUB_STATE);
    for (const [name, value] of fileCommandPairs(stateFile)) log.saveState(name, value);
  });
  attempt('output', () => {
    for (const [name, value] of fileCommandPairs(readText(files.GITHUB_OUTPUT))) log.setOutput(name, value);
  });
  return { env, paths, summary, stateFile };
}

/** A file's text without a byte order mark. A deleted file counts as empty, as in the runner. */
function readText(path: string): string {
  try {
    return new TextDecoder().decode(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
