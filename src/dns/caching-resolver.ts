// Remembers answers for as long as their TTL says, within bounds, and asks each question only once at a time.
import type { Clock } from '../lib/clock.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { Seconds } from '../policy/check.ts';
import { type Lookup, type Question, questionText, type Records, type Resolver } from './resolver.ts';

export interface CacheParts {
  readonly resolver: Resolver;
  readonly clock: Clock;
  /** Usual answers that are kept; a large one takes the place of many. Those that were not used for longest go first. */
  readonly maxEntries: number;
}

interface Entry {
  readonly lookup: Lookup<Records>;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

const MIN_TTL = 30;
const MAX_TTL = 86_400;
/** RFC 2308 section 5 suggests one to three hours; a client that gets its reverse name today should not wait long. */
const MAX_NEGATIVE_TTL = 3600;
/** RFC 9520 section 3.2: failures are remembered too, 1 second to 5 minutes, or a broken zone is asked without end. */
const FAILURE_TTL = 30;
/** Characters of a usual answer. A client's owner may give it hundreds of long names, and has any number of clients. */
const USUAL_ANSWER = 256;
/** What each record takes beside its characters. */
const RECORD = 32;

export interface CachingResolver extends Resolver {
  /** Forgets all answers, those to come of what was asked before as well. */
  forget(): void;
}

/** A resolver in front of another one. The `ttl` of an answer is what is left of it, `age` how long it is known. */
export function cachingResolver({ resolver, clock, maxEntries }: CacheParts): CachingResolver {
  const entries = new RecentMap<Entry>(maxEntries, placesOf);
  let asking = new Map<string, Promise<Lookup<Records>>>();

  const remember = (key: string, lookup: Lookup<Records>): void => {
    const now = clock.now();
    entries.set(key, { lookup, since: now, until: now + lifetime(lookup) * 1000 });
  };
  const recall = (key: string): Lookup<Records> | undefined => {
    const entry = entries.get(key);
    const now = clock.now();
    // Not if the clock was put back since: what it knew, failures too, would be kept for as long again.
    return entry === undefined || entry.until <= now || entry.since > now ? undefined : aged(entry, now);
  };
  const ask = async (key: string, question: Question): Promise<Lookup<Records>> => {
    const among = asking;
    try {
      const lookup = await resolver.lookUp(question);
      // What was asked before everything was forgotten is to be forgotten, too.
      if (among === asking) remember(key, lookup);
      return lookup;
    } finally {
      among.delete(key);
    }
  };
  return {
    lookUp: async (question) => {
      const key = questionText(question);
      const known = recall(key) ?? asking.get(key);
      if (known !== undefined) return known;
      const asked = ask(key, question);
      asking.set(key, asked);
      return asked;
    },
    forget: () => {
      entries.clear();
      asking = new Map();
    },
  };
}

/** The places of usual answers that this answer takes. */
function placesOf({ lookup }: Entry): number {
  if (lookup.kind !== 'found') return 1;
  const characters = lookup.value.reduce((sum, { length }) => sum + RECORD + length, 0);
  return Math.ceil(characters / USUAL_ANSWER);
}

function lifetime(lookup: Lookup<Records>): Seconds {
  switch (lookup.kind) {
    case 'found':
      return Math.min(Math.max(lookup.ttl, MIN_TTL), MAX_TTL);
    case 'absent':
      return Math.min(Math.max(lookup.ttl, MIN_TTL), MAX_NEGATIVE_TTL);
    case 'failed':
      return FAILURE_TTL;
  }
}

function aged({ lookup, since, until }: Entry, now: number): Lookup<Records> {
  const age = Math.floor((now - since) / 1000);
  return lookup.kind === 'failed' ? { ...lookup, age } : { ...lookup, age, ttl: Math.floor((until - now) / 1000) };
}
