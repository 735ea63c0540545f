// One connection from an MTA: the order of commands, which of them are answered, and what is told to the filter. It speaks
// for any filter that decides at RCPT and changes headers at the end of the message.
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { ACTIONS, awaitsAnswer, type Needs, negotiate } from './milter-negotiation.ts';
import type { ClientInfo, Command, Macros, Offer, Step } from './milter-packets.ts';
import type { Agreement, MilterReply, Modification } from './milter-replies.ts';

/** A mail filter. */
export interface MilterFilter {
  /** Asked once a connection from an MTA. */
  needs(): Needs;
  /** A client connected to the MTA. */
  connect(client: ClientInfo): FilteredClient;
}

/** A client of the MTA, which may send any number of messages. */
export interface FilteredClient {
  helo(name: string): void;
  mail(sender: string, macros: Macros): FilteredMessage;
  /** The client is gone. Not called when the MTA itself vanishes between two messages. */
  close(): void;
}

/** A message from MAIL on. Ends with eom or abort, or by the client's next MAIL or its QUIT. */
export interface FilteredMessage {
  /** The answer to a recipient. Must not reject. */
  rcpt(recipient: string, macros: Macros): MaybePromise<MilterReply>;
  data(): void;
  header(name: string, value: string): void;
  /** The whole message was received; what is to be changed. */
  eom(macros: Macros): readonly Modification[];
  abort(): void;
}

/** What a message may have. Its sender chooses recipients and headers: too many of them must not cost the MTA its filter. */
export interface MessageLimits {
  /** Recipients, and their characters with all parameters, since they are kept; more are refused for now. */
  readonly recipients: number;
  readonly recipientCharacters: number;
  /** Headers that the filter hears of. */
  readonly headers: number;
  /** Commands after which the MTA is cut off: more than an SMTP client can bring about. */
  readonly commands: number;
}

/** What a command comes to. */
export type Reaction =
  | { readonly kind: 'reply'; readonly replies: readonly MilterReply[] }
  /** The connection ends; with a cause, because of the MTA's fault. */
  | { readonly kind: 'close'; readonly cause?: string };

/** What is known of the message that is being sent. */
interface Current {
  readonly filtered: FilteredMessage;
  recipients: number;
  recipientCharacters: number;
  headers: number;
  commands: number;
}

type Of<K extends Command['kind']> = Extract<Command, { readonly kind: K }>;

const NO_MACROS: Macros = new Map();
const SILENCE: Reaction = { kind: 'reply', replies: [] };
const CONTINUE: Reaction = { kind: 'reply', replies: [{ kind: 'continue' }] };
/** RFC 5321 section 4.5.3.1.10, RFC 3463 section 3.6. */
const TOO_MANY_RECIPIENTS: MilterReply = { kind: 'reply', code: '452', text: '4.5.3 Too many recipients' };

/** A session for a new connection. */
export class MilterSession {
  readonly #filter: MilterFilter;
  readonly #limits: MessageLimits;
  #agreement: Agreement | undefined;
  #client: FilteredClient | undefined;
  #message: Current | undefined;
  /** Macros for commands to come. Each is used once: an MTA sends none when it has none, and old ones must not count. */
  readonly #macros = new Map<Step, Macros>();

  constructor(filter: MilterFilter, limits: MessageLimits) {
    this.#filter = filter;
    this.#limits = limits;
  }

  /** The reaction to a command. The next command may be given only when a promise is settled. */
  take(command: Command): Reaction | Promise<Reaction> {
    const { kind } = command;
    switch (kind) {
      case 'malformed':
        return { kind: 'close', cause: command.cause };
      case 'quit':
        this.#leave();
        return { kind: 'close' };
      case 'negotiate':
        return this.#agreement === undefined ? this.#negotiate(command) : outOfOrder(kind);
      case 'macros':
      case 'connect':
      case 'abort':
      case 'quit-nc':
        return this.#agreement === undefined ? outOfOrder(kind) : this.#betweenClients(command);
      case 'helo':
      case 'mail':
      case 'unknown':
        return this.#client === undefined ? outOfOrder(kind) : this.#fromClient(command, this.#client);
      case 'rcpt':
      case 'data':
      case 'header':
      case 'eoh':
      case 'body':
      case 'eom':
        return this.#message === undefined ? outOfOrder(kind) : this.#inMessage(command, this.#message);
    }
  }

  /**
   * The MTA closed the connection without a word. In the middle of a message that is all Sendmail says when its client is
   * lost; else it tells nothing of the client.
   */
  hangUp(): void {
    if (this.#message === undefined) return;
    this.#abort();
    this.#leave();
  }

  #negotiate(offer: Offer): Reaction {
    this.#agreement = negotiate(offer, this.#filter.needs());
    if (this.#agreement === undefined) return { kind: 'close', cause: `protocol version ${offer.version} is too old` };
    return { kind: 'reply', replies: [{ kind: 'agree', ...this.#agreement }] };
  }

  #betweenClients(command: Of<'macros' | 'connect' | 'abort' | 'quit-nc'>): Reaction {
    switch (command.kind) {
      case 'macros':
        this.#macros.set(command.step, command.macros);
        return SILENCE;
      case 'connect':
        if (this.#client !== undefined) return outOfOrder(command.kind);
        this.#client = this.#filter.connect(command);
        return this.#answer('connect');
      case 'abort':
        this.#abort();
        return SILENCE;
      case 'quit-nc':
        this.#leave();
        return SILENCE;
    }
  }

  #fromClient(command: Of<'helo' | 'mail' | 'unknown'>, client: FilteredClient): Reaction {
    switch (command.kind) {
      case 'helo':
        client.helo(command.name);
        break;
      case 'mail': {
        const filtered = client.mail(command.address, this.#macrosOf('mail'));
        this.#message = { filtered, recipients: 0, recipientCharacters: 0, headers: 0, commands: 0 };
        break;
      }
      case 'unknown':
        break;
    }
    return this.#answer(command.kind);
  }

  #inMessage(
    command: Of<'rcpt' | 'data' | 'header' | 'eoh' | 'body' | 'eom'>,
    message: Current,
  ): Reaction | Promise<Reaction> {
    message.commands += 1;
    if (message.commands > this.#limits.commands)
      return { kind: 'close', cause: `more than ${this.#limits.commands} commands in one message` };
    switch (command.kind) {
      case 'rcpt':
        return this.#rcpt(command, message);
      case 'data':
        message.filtered.data();
        break;
      case 'header':
        message.headers += 1;
        if (message.headers <= this.#limits.headers) message.filtered.header(command.name, command.value);
        break;
      case 'eoh':
      case 'body':
        break;
      case 'eom':
        this.#message = undefined;
        return this.#change(message.filtered.eom(this.#macrosOf('eom')));
    }
    return this.#answer(command.kind);
  }

  #rcpt({ address, parameters }: Of<'rcpt'>, message: Current): Reaction | Promise<Reaction> {
    const { recipients, recipientCharacters } = this.#limits;
    const macros = this.#macrosOf('rcpt');
    message.recipients += 1;
    message.recipientCharacters += parameters.reduce((sum, { length }) => sum + length, address.length);
    if (message.recipients > recipients || message.recipientCharacters > recipientCharacters)
      return replyWith(TOO_MANY_RECIPIENTS);
    const reply = message.filtered.rcpt(address, macros);
    return reply instanceof Promise ? reply.then(replyWith) : replyWith(reply);
  }

  /** The changes that were agreed on, in words that the MTA's version knows: inserting came with 3. */
  #change(changes: readonly Modification[]): Reaction {
    const { actions = 0, version = 0 } = this.#agreement ?? {};
    const allowed = changes.flatMap((change): Modification[] => {
      const action = change.kind === 'change-header' ? ACTIONS.changeHeaders : ACTIONS.addHeaders;
      if ((actions & action) === 0) return [];
      const { name, value } = change;
      return [change.kind === 'insert-header' && version < 3 ? { kind: 'add-header', name, value } : change];
    });
    return { kind: 'reply', replies: [...allowed, { kind: 'continue' }] };
  }

  #answer(step: Step): Reaction {
    return awaitsAnswer(step, this.#agreement?.steps ?? 0) ? CONTINUE : SILENCE;
  }

  #macrosOf(step: Step): Macros {
    const macros = this.#macros.get(step) ?? NO_MACROS;
    this.#macros.delete(step);
    return macros;
  }

  #abort(): void {
    this.#message?.filtered.abort();
    this.#message = undefined;
  }

  /** A message that is still open here was refused by the MTA: Sendmail says nothing of that. */
  #leave(): void {
    this.#message = undefined;
    this.#client?.close();
    this.#client = undefined;
    this.#macros.clear();
  }
}

function replyWith(reply: MilterReply): Reaction {
  return { kind: 'reply', replies: [reply] };
}

function outOfOrder(kind: Command['kind']): Reaction {
  return { kind: 'close', cause: `command ${kind} out of order` };
}
