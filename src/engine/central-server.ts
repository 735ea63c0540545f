// The central server of client mode (GREY_MODE CLIENT), as the engine sees it: it is asked only about what is new here.
import type { Check } from '../policy/check.ts';

/** What it says to a check; `unreachable` when it says nothing in time, so that our own decision stands. */
export type CentralAnswer = 'ok' | 'wait' | 'reject' | 'unreachable';

export interface CentralServer {
  /** Whether the check may pass, by the memory of all its clients. Never rejects, and comes within the timeouts. */
  ask(check: Check): Promise<CentralAnswer>;
  /** Tells that the check has passed here, now or when the server is reachable again. */
  tell(check: Check): void;
}
