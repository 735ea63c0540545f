// Whether the running daemon goes by what the files say.
import type { Config } from '../config/options.ts';
import type { GoesBy } from '../peers/sync-protocol.ts';
import type { Finding } from './doctor-finding.ts';
import type { HowToRun } from './how-to-run.ts';
import { notInForce, waitingFor } from './not-in-force.ts';

/** What is to be said about what is not in force. `config` is what the files say, without mistakes. */
export function inForceFindings(
  config: Config,
  goesBy: Pick<GoesBy, 'options' | 'fixed'>,
  { restart, reload }: HowToRun,
): readonly Finding[] {
  const about = 'what the daemon goes by';
  const options = notInForce(config, goesBy);
  const [forRestart, forReload] = [waitingFor('restart', options), waitingFor('reload', options)];
  const found: Finding[] = [];
  if (forRestart !== '')
    found.push({
      state: 'bad',
      about,
      text: `these were changed, and wait for a restart: ${forRestart}`,
      mend: restart,
    });
  if (forReload !== '')
    found.push({ state: 'bad', about, text: `these were changed, and not read again: ${forReload}`, mend: reload });
  if (found.length > 0) return found;
  return [{ state: 'good', about, text: 'is what the configuration says' }];
}
