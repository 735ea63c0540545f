// The greyd protocol: ze-filter's clients and ours ask and tell here, and administrators look at the tables, move them
// and command the daemon. Commands: greyd-commands.ts; answers: greyd-answers.ts; page: docs/protocols/greyd.md.
import type { AnswerCheck } from '../engine/answer-check.ts';
import { type Clock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import { type Answer, type LineProtocol, type LineSession, LONGEST_RECORD, type Peer } from '../lib/line-protocol.ts';
import type { Log } from '../lib/log.ts';
import { chain, type MaybePromise } from '../lib/maybe-promise.ts';
import { type Check, isNullSender } from '../policy/check.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Upload, UploadResult } from '../policy/table.ts';
import type { GreydCaller } from './greyd-access.ts';
import {
  BANNER,
  BUSY,
  DENIED,
  done,
  failed,
  HELP,
  leaving,
  notAllowed,
  reopened,
  said,
  sendEntries,
  STOPPING,
  tableLines,
  TOO_LONG,
  uploaded,
} from './greyd-answers.ts';
import { type GreydCommand, type PlainCommand, parseCommand } from './greyd-commands.ts';
import { downloadLines, type EntryLifetimes, type GreydTables, startUpload } from './greyd-tables.ts';

export interface GreydParts {
  readonly answerCheck: AnswerCheck;
  /** Makes the tuple of a check valid, at the word of the mail server that saw it pass. */
  readonly admit: (check: Check) => Promise<void>;
  readonly tables: GreydTables;
  readonly lifetimes: () => EntryLifetimes;
  /** Reads configuration and policy again. */
  readonly reload: () => Promise<void>;
  /** Ends the daemon, in time to let the answer go. */
  readonly stop: () => void;
  readonly access: (peer: Peer) => GreydCaller;
  readonly nextId: () => string;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
}

/** Errors in a row, the last of which ends the connection. */
const MOST_ERRORS = 5;

const WORDS = { white: 'OK', grey: 'WAIT', black: 'REJECT' } as const satisfies { [K in Verdict['kind']]: string };

const ADMIN_ONLY: ReadonlySet<GreydCommand['kind']> = new Set<GreydCommand['kind']>([
  'upload',
  'reconfigure',
  'reopendb',
  'restart',
  'shutdown',
]);

/** The protocol, for a line server. */
export function greydProtocol(parts: GreydParts): LineProtocol {
  return { name: 'greyd', tooLong: TOO_LONG, busy: BUSY, open: (peer) => new GreydSession(peer, parts) };
}

class GreydSession implements LineSession {
  readonly ready: Promise<void> | undefined;
  readonly #parts: GreydParts;
  readonly #caller: GreydCaller;
  /** Where the client is, for the log. */
  readonly #from: string;
  #errors = 0;
  #upload: Upload | undefined;
  /** Resolves when uploads and reloads that the client asked for are done; undefined if there was none. */
  #changed: Promise<void> | undefined;
  /** GREYVALIDs in hand. */
  readonly #admitting = new Map<string, Promise<string>>();

  constructor(peer: Peer, parts: GreydParts) {
    this.#parts = parts;
    this.#caller = parts.access(peer);
    this.ready = this.#caller.ready;
    this.#from = peer.kind === 'unix' ? 'unix' : peer.address;
  }

  get greeting(): Answer {
    return this.#caller.access() === 'none' ? this.#deny() : { text: BANNER, close: false };
  }

  get longest(): number | undefined {
    return this.#caller.access() === 'admin' ? LONGEST_RECORD : undefined;
  }

  get expectsLong(): boolean {
    return this.#upload !== undefined;
  }

  line(line: string): Answer | undefined {
    const access = this.#caller.access();
    if (access === 'none') return this.#deny();
    if (this.#upload !== undefined) {
      if (access !== 'admin') return { text: notAllowed('upload'), close: true };
      return this.#takeLine(this.#upload, line);
    }
    const command = parseCommand(line);
    if (command.kind === 'nothing') return undefined;
    if (command.kind === 'error') return this.#error(command.answer);
    if (ADMIN_ONLY.has(command.kind) && access !== 'admin') return this.#error(notAllowed(command.kind));
    this.#errors = 0;
    const text = this.#answer(command);
    return { text, close: command.kind === 'quit' || command.kind === 'exit' || command.kind === 'shutdown' };
  }

  #deny(): Answer {
    this.#parts.counters.add('greyd access denied');
    this.#parts.log.event(1, 'access denied', { via: 'greyd', from: this.#from });
    return { text: DENIED, close: true };
  }

  #error(text: string): Answer {
    this.#errors += 1;
    return { text, close: this.#errors >= MOST_ERRORS };
  }

  #answer(command: Exclude<GreydCommand, { kind: 'nothing' | 'error' }>): Answer['text'] {
    const { tables, lifetimes, clock } = this.#parts;
    switch (command.kind) {
      case 'greycheck':
        return this.#afterChanges(() => this.#check(command.check));
      case 'greyvalid':
        return this.#afterChanges(() => this.#admit(command.check));
      case 'download': {
        const after = command.age === undefined ? -1 : seconds(clock) - command.age;
        const { first, last } = tableLines('download', command.table);
        return between(first, downloadLines(tables, command.table, after), last);
      }
      case 'upload':
        this.#upload = startUpload(tables, command.table, seconds(clock), lifetimes());
        return sendEntries(command.table);
      case 'update': {
        const { first, last } = tableLines('update', command.table);
        return first + last;
      }
      case 'help':
      case 'quit':
      case 'exit':
      case 'reconfigure':
      case 'reopendb':
      case 'restart':
      case 'shutdown':
        return this.#obey(command.kind);
    }
  }

  #obey(command: PlainCommand): Answer['text'] {
    if (ADMIN_ONLY.has(command)) this.#parts.log.event(0, 'command', { via: 'greyd', from: this.#from, command });
    switch (command) {
      case 'help':
        return HELP;
      case 'quit':
      case 'exit':
        return leaving(command);
      case 'restart':
        return done(command);
      case 'reconfigure':
        return this.#change(this.#reload(done(command), failed(command)));
      case 'reopendb':
        return this.#change(this.#reload(reopened(true), reopened(false)));
      case 'shutdown':
        this.#parts.stop();
        return STOPPING;
    }
  }

  #change(answer: Promise<string>): Promise<string> {
    this.#changed = Promise.all([this.#changed, answer]).then(() => {});
    return answer;
  }

  /** Who sends all at once must get the same answers as who waits for each. */
  #afterChanges(answer: () => MaybePromise<string>): MaybePromise<string> {
    return this.#changed === undefined ? answer() : this.#changed.then(answer);
  }

  #check(check: Omit<Check, 'id'> | undefined): MaybePromise<string> {
    if (check === undefined) return said('GREYCHECK', 'ERROR');
    const { answerCheck, nextId } = this.#parts;
    const ask = (): MaybePromise<string> =>
      chain(answerCheck({ ...check, id: nextId() }), (verdict) => said('GREYCHECK', wordOf(verdict)));
    // Its answer leaves behind that of the GREYVALID in any case.
    return this.#admitting.get(tupleTold(check))?.then(ask) ?? ask();
  }

  #admit(check: Omit<Check, 'id'> | undefined): MaybePromise<string> {
    if (check === undefined) return said('GREYVALID', 'ERROR');
    // Bounces never become valid.
    if (isNullSender(check.sender)) return said('GREYVALID', 'OK');
    if (check.recipient.text === '') return said('GREYVALID', 'ERROR');
    const key = tupleTold(check);
    const admitting = this.#admitNow(check).finally(() => {
      if (this.#admitting.get(key) === admitting) this.#admitting.delete(key);
    });
    this.#admitting.set(key, admitting);
    return admitting;
  }

  #admitNow(check: Omit<Check, 'id'>): Promise<string> {
    const { admit, nextId, log, counters } = this.#parts;
    const [id, told] = [nextId(), { via: 'greyd', from: this.#from, ip: check.client.text }];
    return admit({ ...check, id }).then(
      () => {
        counters.add('greyd admitted');
        log.event(1, 'admitted', { ...told, id, sender: check.sender.text, recipient: check.recipient.text });
        return said('GREYVALID', 'OK');
      },
      (error: unknown) => {
        log.event(0, 'admitting failed', { ...told, id, cause: String(error) });
        return said('GREYVALID', 'ERROR');
      },
    );
  }

  #reload(well: string, badly: string): Promise<string> {
    return this.#parts.reload().then(
      () => well,
      (error: unknown) => {
        this.#parts.log.event(0, 'reload failed', { via: 'greyd', cause: String(error) });
        return badly;
      },
    );
  }

  /** Entries are stored in batches; the client waits for its answers, which are empty, when it is far ahead of us. */
  #takeLine(upload: Upload, line: string): Answer | undefined {
    if (line === '') return undefined;
    if (line === '.') {
      this.#upload = undefined;
      return { text: this.#change(upload.end().then((result) => this.#uploaded(result))), close: false };
    }
    const stored = upload.take(line);
    return stored && { text: stored.then(() => ''), close: false };
  }

  #uploaded(result: UploadResult): string {
    const { lines, taken, expired, refused, failure: cause } = result;
    this.#parts.log.event(0, 'upload', { via: 'greyd', from: this.#from, lines, taken, expired, refused, cause });
    return uploaded(result);
  }
}

/** A client makes valid what it is told to let pass, so a failure must not pass for a decision: it decides by itself. */
function wordOf({ kind, reason }: Verdict): Parameters<typeof said>[1] {
  return reason === 'failed' ? 'ERROR' : WORDS[kind];
}

/** The tuple, as the client tells it. */
function tupleTold({ client, sender, recipient }: Omit<Check, 'id'>): string {
  return `${client.text} ${sender.text} ${recipient.text}`;
}

async function* between(first: string, pieces: AsyncIterable<string>, last: string): AsyncGenerator<string> {
  yield first;
  yield* pieces;
  yield last;
}
