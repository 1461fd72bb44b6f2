import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { FileEffects } from './step-files.ts';
import type { Annotation, StepLog } from './step-log.ts';
import type { WorkflowCommand } from './workflow-commands.ts';

/** How a step ended, and all it left behind. */
export interface StepResult {
  /** `null` when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The exit code was not 0, a signal ended the process, or the runner could not process one of its commands. */
  readonly failed: boolean;
  /** The log as the user sees it: masked, commands executed, annotations as `Error: …`, `Warning: …`, `Notice: …`. */
  readonly log: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly annotations: readonly Annotation[];
  /** The values that this step asked to mask. */
  readonly masks: readonly string[];
  readonly commands: readonly WorkflowCommand[];
  /** Step outputs keep their raw value: the runner masks logs, not what a later step of the job reads. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The state that this step saved. */
  readonly state: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** The job summary as the step wrote it; the runner uploads it masked, line by line. */
  readonly summary: string;
  readonly durationMs: number;
  /** The raw text of the `GITHUB_STATE` file after the step. */
  readonly stateFile: string;
}

/** The process of a step. */
export interface RunningProcess {
  readonly pid: number;
  readonly finished: Promise<StepResult>;
  /** Calls the listener with every line of the log, those written already first. */
  onOutput(listener: (line: string) => void): void;
  /** Sends a signal to the node process itself. On Windows every signal is a plain kill. */
  signal(name: NodeJS.Signals): void;
  /** Ends the process by the runner's three signals: SIGINT, SIGTERM, SIGKILL. On Windows the first is a plain kill. */
  interrupt(): void;
}

/** A step whose process was started. */
export interface RunningStep extends Omit<RunningProcess, 'interrupt'> {
  /** Cancels the job while this step runs: a main step gets the signals, a post step runs to its own end. */
  cancel(): void;
}

/** The waits between the signals that end a step. */
export interface CancelLadder {
  /** From SIGINT to SIGTERM; 7500 in the runner. */
  readonly sigtermAfterMs: number;
  /** From SIGTERM to SIGKILL; 2500 in the runner. */
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
  /** Called once when the process has ended, however it did, before the result is made. */
  readonly processFiles: () => FileEffects;
}

/** How long the runner waits for output that a process left to its own children, once the process itself is gone. */
const openStreamsMs = 5000;

/** Starts the process of a step; its standard input is closed, as in the runner. */
export function startStepProcess(step: StepProcess): RunningProcess {
  const { log, cancelLadder } = step;
  const startedAt = performance.now();
  const child = spawn(step.node, [...step.nodeArguments, step.script], {
    cwd: step.workingDirectory,
    env: step.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Without a listener an error of spawn would end this process; here it shows as the missing pid.
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
      // A timer runs already when the process was interrupted before, or has ended.
      if (timer !== undefined) return;
      child.kill('SIGINT');
      timer = setTimeout(() => {
        child.kill('SIGTERM');
        timer = setTimeout(() => child.kill('SIGKILL'), cancelLadder.killAfterMs);
      }, cancelLadder.sigtermAfterMs);
    },
  };
}

/** Keeps the text of a stream and hands on its lines. As in .NET, CR alone ends a line too. */
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
