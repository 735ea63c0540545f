// One question, several servers, one deadline: the first server is asked, the next one (of a single one the same again) when
// it fails or is late, and so on; the first good answer counts, whoever it comes from.
import type { NameServer } from '../lib/name-server.ts';
import type { Seconds } from '../policy/check.ts';

export interface Attempt<T> {
  /** In order of preference. */
  readonly servers: readonly NameServer[];
  readonly timeout: Seconds;
  /** Whoever aborts it ends the question. */
  readonly over: AbortController;
  /** Asks one server; rejects when there is no good answer, or with the signal's reason. */
  readonly ask: (server: NameServer, signal: AbortSignal) => Promise<T>;
}

/** The part of the time-out after which the next server is asked: most of the time is left for one that thinks long. */
const PATIENCE = 1 / 6;
/** Ends what is still going on for a question; made once, because making an error costs more than asking. */
const ANSWERED = new Error('answered already');

/** The first good answer. Rejects when every server failed, or the time is over. */
export async function askServers<T>(attempt: Attempt<T>): Promise<T> {
  const { timeout, over } = attempt;
  const timer = setTimeout(() => over.abort(new Error(`no answer within ${timeout}s`)), timeout * 1000);
  try {
    return await askInTurn(attempt);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  } finally {
    clearTimeout(timer);
    over.abort(ANSWERED);
  }
}

async function askInTurn<T>({ servers, timeout, over, ask }: Attempt<T>): Promise<T> {
  if (servers.length === 0) throw new Error('no DNS server is known');
  const asked: Promise<T>[] = [];
  let last: NameServer | undefined;
  for (const server of servers.length === 1 ? [...servers, ...servers] : servers) {
    const outcome = last && (await outcomeOf(asked, timeout * 1000 * PATIENCE));
    // There is only one server, and it would only fail again.
    if (outcome === 'answered' || over.signal.aborted || (outcome === 'failed' && server === last)) break;
    asked.push(ask(server, over.signal));
    last = server;
  }
  return Promise.any(asked);
}

/** Whether one of those asked has answered, the last one has failed, or neither after `patience` (milliseconds). */
async function outcomeOf(
  asked: readonly Promise<unknown>[],
  patience: number,
): Promise<'answered' | 'failed' | 'late'> {
  const { promise, resolve } = Promise.withResolvers<'answered' | 'failed' | 'late'>();
  const timer = setTimeout(resolve, patience, 'late');
  for (const one of asked)
    one.then(
      () => resolve('answered'),
      () => one === asked.at(-1) && resolve('failed'),
    );
  const outcome = await promise;
  clearTimeout(timer);
  return outcome;
}
