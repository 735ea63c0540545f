// The central server of client mode (GREY_MODE CLIENT), as the engine sees it: it is asked only about what is new here.
import type { Check } from '../policy/check.ts';

export interface CentralServer {
  /** Whether the check may pass, by the memory of all its clients. Never rejects. */
  ask(check: Check): Promise<'ok' | 'wait' | 'reject' | 'unreachable'>;
  /** Tells that the check has passed here, now or when the server is reachable again. */
  tell(check: Check): void;
}
