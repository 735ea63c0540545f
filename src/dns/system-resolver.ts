// The resolver that asks real DNS servers: over UDP, and over TCP when an answer is truncated. A question always ends by its
// deadline, and the number of those that wait is bounded.
import type { Clock } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import { causeOf } from '../lib/error-cause.ts';
import type { Log } from '../lib/log.ts';
import type { NameServer } from '../lib/name-server.ts';
import type { Seconds } from '../policy/check.ts';
import { askServers } from './ask-servers.ts';
import { lookupOf } from './dns-answer.ts';
import { encodeQuery } from './dns-message.ts';
import { PreferredServer } from './preferred-server.ts';
import { type Lookup, type Question, questionText, type Records, type Resolver } from './resolver.ts';
import { askOverTcp } from './tcp-exchange.ts';
import { createUdpExchange } from './udp-exchange.ts';
import type { Query } from './udp-socket.ts';
import { watchAnswers } from './watch-answers.ts';

export interface ResolverSettings {
  /** At least one, in order of preference. */
  readonly servers: readonly NameServer[];
  /** Every question is answered, or has failed, within this time. */
  readonly timeout: Seconds;
}

export interface SystemResolverParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  readonly settings: () => ResolverSettings;
}

/** Questions that may wait for an answer at the same time; further ones fail at once, so that a silent server costs little. */
const MAX_WAITING = 4096;
/** The TTL of the answer that a name does not exist which no message can carry. */
const IMPOSSIBLE_TTL = 86_400;
/** Thrown after the end: a failed lookup would mean something for a name or a list. */
const CLOSED = new DOMException('the resolver is closed', 'AbortError');

/** A resolver without memory. Once it is closed, questions are rejected with an AbortError, those that are waiting too. */
export function systemResolver(parts: SystemResolverParts): Resolver & AsyncDisposable {
  const udp = createUdpExchange(parts);
  const waiting = new Set<AbortController>();
  const watch = watchAnswers(parts.log);
  const preferred = new PreferredServer(parts.clock);
  let closed = false;

  const askServer = async (server: NameServer, query: Query, signal: AbortSignal): Promise<Lookup<Records>> => {
    signal.throwIfAborted();
    let response = await udp.ask(server, query, signal);
    if (response.truncated) {
      parts.counters.add('dns questions over tcp');
      response = await askOverTcp(server, query, signal);
    }
    const lookup = lookupOf(response, query.question);
    if (lookup.kind === 'failed') throw new Error(lookup.error);
    return lookup;
  };

  const askWithin = async (query: Query, settings: ResolverSettings): Promise<Lookup<Records>> => {
    const over = new AbortController();
    const servers = preferred.order(settings.servers);
    const ask = async (server: NameServer, signal: AbortSignal): Promise<Lookup<Records>> => {
      const lookup = await askServer(server, query, signal);
      preferred.answered(server, servers[0]);
      return lookup;
    };
    waiting.add(over);
    try {
      return await askServers({ servers, timeout: settings.timeout, over, ask });
    } catch (error) {
      if (closed) throw CLOSED;
      return { kind: 'failed', error: causeOf(error) };
    } finally {
      waiting.delete(over);
    }
  };

  const lookUp = async (question: Question): Promise<Lookup<Records>> => {
    const message = encodeQuery(question);
    if (message === undefined) return { kind: 'absent', ttl: IMPOSSIBLE_TTL };
    if (closed) throw CLOSED;
    if (waiting.size >= MAX_WAITING) return { kind: 'failed', error: 'too many questions at once' };
    return askWithin({ question, message }, parts.settings());
  };

  return {
    lookUp: async (question) => {
      const lookup = await lookUp(question);
      record(parts, question, lookup);
      watch(lookup);
      return lookup;
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      for (const over of waiting) over.abort(CLOSED);
      udp[Symbol.dispose]();
    },
  };
}

function record({ log, counters }: SystemResolverParts, question: Question, lookup: Lookup<Records>): void {
  counters.add(`dns ${lookup.kind}`);
  if (!log.on(2)) return;
  const detail = lookup.kind === 'failed' ? { cause: lookup.error } : { ttl: lookup.ttl };
  log.event(2, 'dns', { question: questionText(question), answer: lookup.kind, ...detail });
}
