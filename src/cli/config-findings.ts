// What the configuration says that an administrator may not mean.
import type { Config } from '../config/options.ts';
import { inWords } from '../policy/reply.ts';
import type { Finding } from './doctor-finding.ts';

/** Many senders come back after five minutes, and then after much longer. */
const LONG_DELAY = 15 * 60;
const SHORT_WINDOW = 24 * 3600;

/** What is to be said about a configuration without errors; `warnings` are the reader's. */
export function configFindings(config: Config, warnings: readonly string[], file: string): readonly Finding[] {
  const about = 'configuration';
  const note = (text: string, mend: string): Finding => ({ state: 'note', about, text, mend });
  const odd: Finding[] = warnings.map((text) => ({ state: 'note', about, text }));
  if (!config.GREY_CHECK) odd.push(note('greylisting is switched off', 'GREY_CHECK yes'));
  if (config.on_failure === 'grey')
    odd.push(note('mail waits whenever something fails', 'on_failure white, unless you mean it'));
  if (config.grey_default > LONG_DELAY)
    odd.push(
      note(`unknown senders wait ${inWords(config.grey_default)}`, 'grey_default 290s: most retry after 5 minutes'),
    );
  if (config.retry < SHORT_WINDOW)
    odd.push(note(`a retry counts for ${inWords(config.retry)} only`, 'retry 3d: some servers come back after a day'));
  if (config.peer.length > 0 && config.peer_tls === 'none')
    odd.push(
      note('what servers tell each other is plain text', 'peer_tls require, with peer_certificate and peer_key'),
    );
  return [{ state: 'good', about, text: `${file} has no errors` }, ...odd];
}
