import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of a connection before any HTTP; a number is the port that it is forwarded to. */
export type Line = number | 'refused' | 'reset' | 'close' | 'silent' | 'garbage';

/** Systems give no such port away, so that nobody takes one while it refuses connections. */
const PORTS = [20_000, 32_000] as const;

/** Puts the nth connection to the nth line, and every later one to the last. */
export class Switchboard {
  readonly #lines: readonly Line[];
  readonly #sockets = new Set<Socket>();
  readonly #onConnection: (index: number) => void;
  #server: Server | undefined;
  #next = 0;
  port = 0;

  constructor(lines: readonly Line[], onConnection: (index: number) => void) {
    this.#lines = lines;
    this.#onConnection = onConnection;
  }

  async start(): Promise<void> {
    while (this.#server === undefined) {
      this.port = randomInt(...PORTS);
      await this.#listen().catch((error) => {
        if (error.code !== 'EADDRINUSE') throw error;
      });
    }
    this.#hushIfRefused();
  }

  /** To be told that the attempts up to this one have failed: only then does it know that one was refused. */
  async failed(attempts: number): Promise<void> {
    if (this.#line() !== 'refused' || attempts <= this.#next) return;
    this.#onConnection(this.#next);
    this.#next += 1;
    await this.#listen();
  }

  close(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #line(): Line | undefined {
    return this.#lines[Math.min(this.#next, this.#lines.length - 1)];
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
  }

  #hushIfRefused(): void {
    if (this.#line() === 'refused') this.#server?.close();
  }

  #accept(socket: Socket): void {
    this.#keep(socket);
    const line = this.#line();
    this.#onConnection(this.#next);
    this.#next += 1;
    this.#hushIfRefused();
    if (typeof line === 'number') {
      const through = connect(line, '127.0.0.1');
      this.#keep(through);
      socket.pipe(through).pipe(socket);
      socket.once('close', () => through.destroy());
      through.once('close', () => socket.destroy());
    }
    if (line === 'reset') socket.resetAndDestroy();
    if (line === 'close') socket.end();
    if (line === 'garbage') socket.end('SSH-2.0-PWNED\r\n');
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}).once('close', () => this.#sockets.delete(socket));
  }
}
