// Who is at the other end of a connection of the sync protocol, and what it may do.
import type { Sender } from '../engine/accept-peer-report.ts';

export interface Caller {
  /** For the log: its address, or `local`. */
  readonly address: string;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
  readonly sender: Sender;
  /** Why it may not stay, such as after a change of the configuration; undefined: it still has the rights that it came with. */
  readonly denied: () => string | undefined;
  /** Resolves when its next report may be taken in, of which only so many a minute are. Rejects when many wait already. */
  readonly turn: () => Promise<void>;
  /** The name that it gave itself. */
  name: string;
}

/** Somebody of this machine who may use the local socket, and so may do everything. */
export function localCaller(): Caller {
  return {
    address: 'local',
    mayRead: true,
    mayWrite: true,
    sender: { events: undefined, restores: true },
    denied: () => undefined,
    turn: () => Promise.resolve(),
    name: '',
  };
}
