import type { Masker } from './masker.ts';
import { NameMap, requireName } from './name-map.ts';
import { trim } from './white-space.ts';
import { parseCommand, type WorkflowCommand } from './workflow-commands.ts';

export type AnnotationLevel = 'error' | 'warning' | 'notice';

export interface Annotation {
  readonly level: AnnotationLevel;
  /** Masked, then cut at 4096 characters as in the runner. */
  readonly message: string;
}

const commandNames = [
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
] as const;
type CommandName = (typeof commandNames)[number];

/** Commands that are never echoed. `add-mask` echoes itself, without its value. */
const silentCommands: readonly CommandName[] = ['add-mask', 'debug', 'error', 'notice', 'warning'];

const annotationTags = { error: 'Error: ', warning: 'Warning: ', notice: 'Notice: ' } as const;
const longestAnnotation = 4096;

/** Reads the output of a step, executes its workflow commands as the runner does, and keeps the log that users see. */
export class StepLog {
  readonly lines: string[] = [];
  readonly annotations: Annotation[] = [];
  readonly masks: string[] = [];
  readonly commands: WorkflowCommand[] = [];
  readonly outputs = new NameMap();
  readonly state = new NameMap();
  /** True if a command or a file command could not be processed. The step has then failed, whatever its exit code. */
  commandFailed = false;

  readonly #masker: Masker;
  readonly #debugMode: boolean;
  readonly #listeners: ((line: string) => void)[] = [];
  #echo: boolean;
  #stopToken: string | undefined;
  #givenUp = false;

  constructor(masker: Masker, debugMode: boolean) {
    this.#masker = masker;
    this.#debugMode = debugMode;
    this.#echo = debugMode;
  }

  /** Calls the listener with each line of the log, including the lines so far. */
  listen(listener: (line: string) => void): void {
    this.lines.forEach((line) => void listener(line));
    this.#listeners.push(listener);
  }

  /** Processes a line of the step's output. The runner also looks for commands on stderr. */
  readOutput(line: string): void {
    if (this.#givenUp) return;
    const command = parseCommand(line, (name) => name === this.#stopToken || isCommandName(name));
    if (command === undefined) this.#write(line);
    else if (this.#stopToken !== undefined) this.#whileStopped(command, line, this.#stopToken);
    else if (isCommandName(command.name)) this.#execute(command.name, command, line);
  }

  warning(message: string): undefined {
    this.#annotate('warning', message);
  }

  error(message: string): void {
    this.#annotate('error', message);
  }

  debug(message: string): undefined {
    if (!this.#debugMode) return;
    for (const line of message.split(/\r?\n/)) this.#write(`##[debug]${line}`);
  }

  /** Reports a command that could not be processed with the runner's two errors, and fails the step. */
  failCommand(what: string, reason: string): void {
    this.error(`Unable to process ${what} successfully.`);
    this.error(reason);
    this.commandFailed = true;
  }

  saveState(name: string, value: string): void {
    this.state.set(name, value);
    this.debug(`Save intra-action state ${name} = ${value}`);
  }

  /** Throws if the name is empty. The name of a state may be empty. */
  setOutput(name: string, value: string): void {
    requireName(name);
    this.outputs.set(name, value);
    this.debug(`Set output ${name} = ${value}`);
  }

  #whileStopped(command: WorkflowCommand, line: string, token: string): void {
    if (command.name === token) {
      this.#write(line);
      this.debug('Resume processing commands');
      this.#stopToken = undefined;
    } else {
      this.debug(`Process commands has been stopped and waiting for '##[${token}]' to resume.`);
      this.#write(line);
    }
  }

  #execute(name: CommandName, command: WorkflowCommand, line: string): void {
    this.commands.push(command);
    if (this.#echo && name !== 'stop-commands' && !silentCommands.includes(name)) this.#write(line);
    const problem = this.#perform(name, command, line);
    if (problem !== undefined) {
      this.failCommand(`command '${silentCommands.includes(name) ? name : line}'`, problem);
    }
  }

  /** Performs a command. Returns the reason if it could not. */
  #perform(name: CommandName, command: WorkflowCommand, line: string): string | undefined {
    switch (name) {
      case 'add-mask':
        return this.#addMask(command.data);
      case 'error':
      case 'notice':
      case 'warning':
        return this.#annotate(name, command.data);
      case 'debug':
        return this.debug(command.data);
      case 'group':
        return this.#write(`##[group]${command.data}`);
      case 'endgroup':
        return this.#write('##[endgroup]');
      case 'echo':
        return this.#switchEcho(command.data);
      case 'stop-commands':
        return this.#stopCommands(command.data, line);
      case 'save-state':
      case 'set-output':
        return this.#deprecatedPair(name, command);
      case 'add-path':
      case 'set-env':
        return `The \`${name}\` command is disabled. Please upgrade to using Environment Files.`;
      case 'add-matcher':
      case 'remove-matcher':
        // Problem matchers are not needed, because no step prints compiler errors.
        return undefined;
    }
  }

  #addMask(value: string): undefined {
    if (trim(value) === '')
      return this.warning("Can't add secret mask for empty string in ##[add-mask] command.");
    if (this.#echo) this.#write('::add-mask::***');
    this.masks.push(value);
    this.#masker.add(value);
  }

  #switchEcho(value: string): string | undefined {
    const wanted = trim(value).toUpperCase();
    if (wanted !== 'ON' && wanted !== 'OFF')
      return `Invalid echo command value. Current value is: '${value}'.`;
    this.#echo = wanted === 'ON';
    return undefined;
  }

  /** In the runner an invalid token fails the step with one error, and no more output is read. */
  #stopCommands(token: string, line: string): undefined {
    const name = token.toLowerCase();
    if (name === '' || name === 'pause-logging' || isCommandName(name)) {
      this.error(
        "You cannot use a endToken that is an empty string, the string 'pause-logging', or another workflow command.",
      );
      this.commandFailed = true;
      this.#givenUp = true;
      return;
    }
    this.#stopToken = name;
    if (token.length > 6) this.#masker.addValue(token);
    this.#write(line);
    this.debug('Paused processing commands until the token you called ::stopCommands:: with is received');
  }

  #deprecatedPair(
    name: 'save-state' | 'set-output',
    { properties, data }: WorkflowCommand,
  ): string | undefined {
    this.warning(`The \`${name}\` command is deprecated and will be disabled soon.`);
    const key = properties['name'];
    if (key === undefined) return `Required field 'name' is missing in ##[${name}] command.`;
    if (name === 'save-state') this.saveState(key, data);
    else this.setOutput(key, data);
    return undefined;
  }

  #annotate(level: AnnotationLevel, text: string): undefined {
    // Masked before the cut, because a cut secret would no longer match.
    const message = this.#masker.mask(text).slice(0, longestAnnotation);
    this.annotations.push({ level, message });
    if (message !== '') this.#write(`${annotationTags[level]}${message}`);
  }

  /** Masks the whole text before it writes the lines, because a secret can span lines. */
  #write(text: string): undefined {
    for (const line of this.#masker.mask(text).split(/\r\n|\r|\n/)) {
      this.lines.push(line);
      for (const listener of this.#listeners) listener(line);
    }
  }
}

function isCommandName(name: string): name is CommandName {
  return commandNames.some((known) => known === name);
}
