// Who may do what over the network: by address, since the original daemon has nothing else to go by.
import type { Peer } from '../lib/line-protocol.ts';
import { Pace, untilTurn } from '../lib/pace.ts';
import { RecentMap } from '../lib/recent-map.ts';
import { socketHost } from '../policy/address.ts';
import { type Caller, localCaller } from './caller.ts';
import type { Hosts } from './hosts.ts';
import type { PeerEvents } from './peer-events.ts';

export interface PeerRights {
  readonly readers: Hosts;
  readonly writers: Hosts;
  readonly events: Pick<PeerEvents, 'ofCaller'>;
  /** How many reports a minute each address may hand in; 0: as many as it likes. */
  readonly rate: () => number;
}

export interface PeerAccess {
  /** What this caller may do; undefined: nothing. */
  callerOf(peer: Peer): Caller | undefined;
}

/** Addresses of which it is known how many reports they have handed in lately. */
const MOST_INTAKES = 1000;
/** Reports of an address that wait for their turn. */
const MOST_WAITING = 100;

/** What an address hands in. */
interface Intake {
  readonly pace: Pace;
  waiting: number;
}

/** Access by these rights. */
export function createPeerAccess({ readers, writers, events, rate }: PeerRights): PeerAccess {
  // By address and not by connection: more connections are no more reports.
  const intakes = new RecentMap<Intake>(MOST_INTAKES);
  const intakeOf = (address: string): Intake => {
    const intake = intakes.get(address) ?? { pace: new Pace(rate), waiting: 0 };
    intakes.set(address, intake);
    return intake;
  };
  const turnOf = async (address: string): Promise<void> => {
    const intake = intakeOf(address);
    if (intake.waiting >= MOST_WAITING) throw new Error(`${MOST_WAITING} reports of yours are waiting already`);
    const left = intake.pace.take(1);
    if (left() === 0) return;
    intake.waiting += 1;
    await untilTurn(left);
    intake.waiting -= 1;
  };
  return {
    callerOf: (peer) => {
      if (peer.kind === 'unix') return localCaller();
      const address = socketHost(peer.address);
      if (address === undefined) return undefined;
      const [mayRead, mayWrite] = [readers.has(address), writers.has(address)];
      if (!mayRead && !mayWrite) return undefined;
      // A getter, asked for each report: what is known of names may change.
      const sender = {
        get events() {
          return events.ofCaller(address);
        },
        restores: false,
      };
      const denied = (): string | undefined => {
        if (mayRead && !readers.has(address)) return 'may no longer read reports';
        return mayWrite && !writers.has(address) ? 'may no longer hand in reports' : undefined;
      };
      const turn = (): Promise<void> => turnOf(address.text);
      return { address: address.text, mayRead, mayWrite, sender, denied, turn, name: '' };
    },
  };
}
