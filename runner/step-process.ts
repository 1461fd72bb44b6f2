import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { FileEffects } from './step-files.ts';
import type { Annotation, StepLog } from './step-log.ts';
import type { WorkflowCommand } from './workflow-commands.ts';

/** How a step ended and what it produced. */
export interface StepResult {
  /** `null` when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True if the exit code was not 0, a signal ended the process, or a command could not be processed. */
  readonly failed: boolean;
  /** The log as users see it: masked, with annotations as `Error: …`, `Warning: …`, `Notice: …`. */
  readonly log: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly annotations: readonly Annotation[];
  /** The values that this step asked to mask. */
  readonly masks: readonly string[];
  readonly commands: readonly WorkflowCommand[];
  /** Not masked, because the runner masks logs but not what a later step reads. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The state that this step saved. */
  readonly state: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** The job summary as the step wrote it. The runner masks it later, when it uploads it. */
  readonly summary: string;
  readonly durationMs: number;
  /** The raw text of the `GITHUB_STATE` file after the step. */
  readonly stateFile: string;
}

/** The process of a step. */
export interface RunningProcess {
  readonly pid: number;
  readonly finished: Promise<StepResult>;
  /** Calls the listener with each line of the log, including the lines so far. */
  onOutput(listener: (line: string) => void): void;
  /** Sends a signal to the node process. On Windows every signal kills it. */
  signal(name: NodeJS.Signals): void;
  /** Sends SIGINT, SIGTERM and SIGKILL, with the runner's waits. On Windows the first one kills the process. */
  interrupt(): void;
}

/** A step whose process was started. */
export interface RunningStep extends Omit<RunningProcess, 'interrupt'> {
  /** Cancels the job while this step runs. A main step gets the signals; a post step runs on, as in the runner. */
  cancel(): void;
}

/** The waits between the signals that end a step. */
export interface CancelLadder {
  /** From SIGINT to SIGTERM. The runner waits 7500 ms. */
  readonly sigtermAfterMs: number;
  /** From SIGTERM to SIGKILL. The runner waits 2500 ms. */
  readonly killAfterMs: number;
}

export interface StepProcess {
  readonly node: string;
  readonly nodeArguments: readonly string[];
  readonly script: string;
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cancelLadder: CancelLadder;
  readonly log: StepLog;
  /** Called once after the process has ended, before the result is made. */
  readonly processFiles: () => FileEffects;
}

/** How long the runner waits for the output of child processes after the process itself has ended. */
const openStreamsMs = 5000;

/** Starts the process of a step. Its standard input is closed, as in the runner. */
export function startStepProcess(step: StepProcess): RunningProcess {
  const { log, cancelLadder } = step;
  const startedAt = performance.now();
  const child = spawn(step.node, [...step.nodeArguments, step.script], {
    cwd: step.workingDirectory,
    env: step.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Without a listener an error of spawn would end this process. A missing pid reports it below.
  child.on('error', () => {});
  if (child.pid === undefined) throw new Error(`${step.node} could not be started`);

  const stdout = collectOutput(child.stdout, (line) => log.readOutput(line));
  const stderr = collectOutput(child.stderr, (line) => log.readOutput(line));
  let timer: NodeJS.Timeout | undefined;

  child.once('exit', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, openStreamsMs);
  });

  const finished = new Promise<StepResult>((resolve, reject) => {
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      try {
        stdout.end();
        stderr.end();
        const { env, summary, stateFile } = step.processFiles();
        resolve({
          exitCode,
          signal,
          failed: exitCode !== 0 || log.commandFailed,
          log: log.lines,
          stdout: stdout.text(),
          stderr: stderr.text(),
          annotations: log.annotations,
          masks: log.masks,
          commands: log.commands,
          outputs: Object.fromEntries(log.outputs),
          state: Object.fromEntries(log.state),
          env: Object.fromEntries(env),
          summary,
          durationMs: performance.now() - startedAt,
          stateFile,
        });
      } catch (error) {
        reject(error);
      }
    });
  });

  return {
    pid: child.pid,
    finished,
    onOutput: (listener) => log.listen(listener),
    signal: (name) => void child.kill(name),
    interrupt: () => {
      // A timer is already set if the process was interrupted before or has ended.
      if (timer !== undefined) return;
      child.kill('SIGINT');
      timer = setTimeout(() => {
        child.kill('SIGTERM');
        timer = setTimeout(() => child.kill('SIGKILL'), cancelLadder.killAfterMs);
      }, cancelLadder.sigtermAfterMs);
    },
  };
}

/** Keeps the text of a stream and passes on its lines. As in .NET, a lone CR also ends a line. */
function collectOutput(stream: Readable, takeLine: (line: string) => void) {
  const chunks: string[] = [];
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    chunks.push(chunk);
    // A CR at the end of a chunk may be the first half of a CRLF.
    const text = rest + chunk;
    const tail = text.endsWith('\r') ? '\r' : '';
    const lines = text.slice(0, text.length - tail.length).split(/\r\n|\r|\n/);
    rest = (lines.pop() ?? '') + tail;
    lines.forEach(takeLine);
  });
  return {
    text: () => chunks.join(''),
    end: () => {
      if (rest !== '') takeLine(rest.replace(/\r$/, ''));
      rest = '';
    },
  };
}
