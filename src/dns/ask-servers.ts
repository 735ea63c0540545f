// One question, several servers, one deadline: the first server is asked, the next one (or the same again) when it
// fails or is late, and the first good answer counts, whoever it comes from.
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

/** The part of the time-out after which the question is repeated: most of it is left for a server that thinks long. */
const PATIENCE = 1 / 6;
/** Ends what is still going on for a question; made once, because making an error costs more than asking. */
const ANSWERED = new Error('answered already');

/** The first good answer. Rejects when every server failed, or the time is over. */
export async function askServers<T>(attempt: Attempt<T>): Promise<T> {
  const { timeout, over } = attempt;
  const late = Promise.withResolvers<'late'>();
  const timers = [
    setTimeout(() => late.resolve('late'), timeout * 1000 * PATIENCE),
    setTimeout(() => over.abort(new Error(`no answer within ${timeout}s`)), timeout * 1000),
  ];
  try {
    return await askInTurn(attempt, late.promise);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    over.abort(ANSWERED);
  }
}

async function askInTurn<T>({ servers, over, ask }: Attempt<T>, late: Promise<'late'>): Promise<T> {
  const [first, next = first] = servers;
  if (first === undefined || next === undefined) throw new Error('no DNS server is known');
  const early = ask(first, over.signal);
  const settled = early.then(
    () => 'answered',
    () => 'failed',
  );
  const outcome = await Promise.race([settled, late]);
  // The same server would only say again that it can't.
  if (outcome === 'answered' || (outcome === 'failed' && next === first)) return early;
  return Promise.any([early, ask(next, over.signal)]);
}
