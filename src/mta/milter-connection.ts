// One socket of a milter server: commands are taken one after the other, since an answer may depend on the one before, and
// nothing more is read while one is waiting for its answer or the MTA does not read ours.
import type { Socket } from 'node:net';
import type { Log } from '../lib/log.ts';
import { type Command, createCommandReader, type PacketLimits } from './milter-packets.ts';
import { encodeReply, type MilterReply } from './milter-replies.ts';
import type { MilterSession, Reaction } from './milter-session.ts';

export interface MilterConnectionParts {
  readonly session: MilterSession;
  readonly limits: PacketLimits & {
    /** Seconds without a whole packet from the MTA. */
    readonly idle: number;
  };
  readonly log: Log;
  /** Told that the connection is closed because of the MTA. */
  readonly onCutOff: (cause: string) => void;
}

export class MilterConnection {
  readonly #socket: Socket;
  readonly #parts: MilterConnectionParts;
  /** A timer of our own: the socket's would be put off by any byte. */
  readonly #idle: NodeJS.Timeout;
  #commands: readonly Command[] = [];
  #next = 0;
  /** A command waits for its answer. */
  #busy = false;
  #closing = false;

  constructor(socket: Socket, parts: MilterConnectionParts) {
    this.#socket = socket;
    this.#parts = parts;
    const reader = createCommandReader(parts.limits);
    socket.on('data', (bytes: Buffer) => this.#take(reader.read(bytes)));
    socket.on('drain', () => {
      this.#idle.refresh();
      this.#proceed();
    });
    socket.on('end', () => {
      if (!this.#closing) parts.session.hangUp();
    });
    this.#idle = setTimeout(() => this.#cutOff('idle'), parts.limits.idle * 1000).unref();
    socket.on('close', () => clearTimeout(this.#idle));
    // An MTA that is gone is no trouble of ours; 'close' follows.
    socket.on('error', (error) => parts.log.event(1, 'connection lost', { via: 'milter', cause: error.message }));
  }

  /** Lets an answer that is being made go out, takes no more commands, and closes. */
  finish(): void {
    this.#closing = true;
    if (!this.#busy) this.#socket.destroySoon();
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #take(commands: readonly Command[]): void {
    if (commands.length > 0) this.#idle.refresh();
    const waiting = this.#commands.slice(this.#next);
    this.#commands = waiting.length > 0 ? [...waiting, ...commands] : commands;
    this.#next = 0;
    this.#proceed();
  }

  /** Takes waiting commands as far as it may, and reads on if none is left. */
  #proceed(): void {
    this.#socket.cork();
    while (this.#mayTake() && this.#next < this.#commands.length) {
      const command = this.#commands[this.#next];
      this.#next += 1;
      if (command !== undefined) this.#react(command);
    }
    this.#socket.uncork();
    if (this.#mayTake()) this.#socket.resume();
    else this.#socket.pause();
  }

  #mayTake(): boolean {
    return !this.#busy && !this.#closing && !this.#socket.writableNeedDrain;
  }

  #react(command: Command): void {
    const { log, session } = this.#parts;
    if (log.on(3)) log.event(3, 'command', { via: 'milter', command: command.kind });
    try {
      const reaction = session.take(command);
      if (reaction instanceof Promise) this.#await(reaction);
      else this.#apply(reaction);
    } catch (error) {
      this.#fail(error);
    }
  }

  #await(reaction: Promise<Reaction>): void {
    this.#busy = true;
    reaction.then(
      (ready) => {
        this.#busy = false;
        this.#idle.refresh();
        this.#apply(ready);
        if (this.#closing) this.#socket.destroySoon();
        else this.#proceed();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #apply(reaction: Reaction): void {
    if (reaction.kind === 'reply') {
      if (reaction.replies.length > 0 && !this.#socket.destroyed) this.#write(reaction.replies);
    } else if (reaction.cause === undefined) {
      this.#closing = true;
      this.#socket.destroySoon();
    } else this.#cutOff(reaction.cause);
  }

  #write(replies: readonly MilterReply[]): void {
    const { log } = this.#parts;
    this.#socket.write(Buffer.concat(replies.map(encodeReply)));
    if (log.on(3)) for (const reply of replies) log.event(3, 'reply', { via: 'milter', reply: reply.kind });
  }

  /** An error that no filter should let through costs this connection, not the daemon. */
  #fail(error: unknown): void {
    this.#parts.log.event(0, 'connection failed', { via: 'milter', cause: String(error) });
    this.#closing = true;
    this.#socket.destroy();
  }

  #cutOff(cause: string): void {
    if (this.#busy) return;
    this.#closing = true;
    this.#parts.onCutOff(cause);
    this.#socket.destroy();
  }
}
