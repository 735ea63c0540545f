// What the store knows of a check, and what a check leaves there.
import { seconds } from '../lib/clock.ts';
import { chain, type MaybePromise } from '../lib/maybe-promise.ts';
import { type Check, isNullSender, type Seconds } from '../policy/check.ts';
import type { Change, Recalled, Rules } from '../policy/decide.ts';
import { countsMore, isKnown } from '../policy/greylist.ts';
import { passesFor } from '../policy/pass.ts';
import { isHidden } from '../policy/standing.ts';
import { ownTuple, type Tuple, tuplesOf } from '../policy/tuple.ts';
import type { Recall, Store } from '../store/store.ts';
import type { CheckParts } from './answer-check.ts';
import type { KnownClient } from './know-client.ts';

/** A check, who made it, and under which tuple it is remembered. */
export interface CheckedTuple {
  readonly check: Check;
  readonly client: Pick<KnownClient, 'shortLived'>;
  readonly tuple: Tuple;
}

/** What the store knows about a check of this client. */
export function recall(
  { store, clock }: Pick<CheckParts, 'store' | 'clock'>,
  check: Check,
  { domain, standing }: Pick<KnownClient, 'domain' | 'standing'>,
  rules: Rules,
): MaybePromise<Recalled> {
  const { client, sender } = check;
  const tuples = tuplesOf(check, rules.parts, domain);
  const passes = passesFor(client, domain, sender);
  const now = seconds(clock);
  const asked = { tuples, client, passes, passesSince: now - rules.passLifetime };
  const [shared, network] = tuples;
  if (shared !== undefined && standing !== undefined && isHidden(standing, now))
    return recallApart(store, asked, ownTuple(check, shared));
  if (network === undefined) return store.recall(asked);
  return chain(store.recall(asked), (recalled) => {
    const { entry, tuple } = recalled;
    if (entry === undefined || tuple.client === network.client) return recalled;
    if (isKnown(entry, rules.validLifetime, now)) return recalled;
    // Another host of the domain made this entry. The client's network may have one that counts more, from a time when
    // the client's name was not known.
    const retry = isNullSender(sender) ? rules.nullSender.retry : rules.retry;
    const ages = { validLifetime: rules.validLifetime, retry, now };
    return chain(store.recall({ ...asked, tuples: [network] }), (ofNetwork) =>
      countsMore(ofNetwork.entry, entry, ages) ? ofNetwork : recalled,
    );
  });
}

/**
 * For a client whose blacklisting must not show yet. Like any other client it is answered by what is known of its
 * domain or network, but what it changes stands under its own address: it never passes, and others must not wait
 * again because of it.
 */
function recallApart(store: Store, asked: Recall, own: Tuple): MaybePromise<Recalled> {
  return chain(store.recall({ ...asked, tuples: [own, ...asked.tuples] }), (recalled) => ({
    entry: recalled.entry,
    tuple: own,
    entryOf: recalled.tuple,
    pass: recalled.pass,
    get pendingOfClient() {
      return recalled.pendingOfClient;
    },
  }));
}

/** Makes the change to the tuple of a check; resolves when it is kept. */
export function remember(
  store: Store,
  { check, client, tuple }: CheckedTuple,
  change: Change,
  now: Seconds,
): MaybePromise<void> {
  const { client: address, clientName, sender } = check;
  const nullSender = isNullSender(sender);
  // `shortLived` takes some time to work out, and most checks change nothing.
  const shortLived = change !== 'none' && client.shortLived;
  return store.remember(
    { tuple, client: address, change, nullSender, shortLived, senderText: sender.text, clientName },
    now,
  );
}
