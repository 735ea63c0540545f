// What the configuration says that an administrator may not mean.
import { isPeering } from '../config/listeners.ts';
import type { ReadableConfig } from '../config/load-config.ts';
import { formatProblem, type Problem } from '../config/option-lines.ts';
import type { Config } from '../config/options.ts';
import { isMissing } from '../lib/read-problem.ts';
import { shellWord } from '../lib/shell-word.ts';
import { inWords } from '../policy/reply.ts';
import type { Finding } from './doctor-finding.ts';

/** Delays above this are worth a note: many senders come back after five minutes, and then after much longer. */
const LONG_DELAY = 15 * 60;
const SHORT_WINDOW = 24 * 3600;
/** How long mail servers wait for an answer, with the pieces in conf/. */
const MTA_PATIENCE = 7;

const about = 'configuration';

/** What is to be said about a configuration that could be read, with its mistakes; `check` tells whether they are mended. */
export function configFindings(
  { config, errors, warnings }: ReadableConfig,
  file: string,
  check: string,
): readonly Finding[] {
  const note = (text: string, mend: string): Finding => ({ state: 'note', about, text, mend });
  const odd: Finding[] = warnings.map((text) => ({ state: 'note', about, text }));
  if (!config.GREY_CHECK) odd.push(note('greylisting is switched off', 'GREY_CHECK yes'));
  if (config.on_failure === 'grey')
    odd.push(note('mail waits whenever something fails', 'on_failure white, unless you mean it'));
  if (config.answer_deadline >= MTA_PATIENCE)
    odd.push(
      note(
        `an answer may take ${inWords(config.answer_deadline)}; with the pieces in conf/ mail servers let mail pass after ${MTA_PATIENCE}`,
        'answer_deadline 5s, unless they wait longer',
      ),
    );
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
  if (config.report_verify && !learnsWhatIsAccepted(config))
    odd.push(
      note(
        'mail that users report as spam is refused, since nothing tells which mail was accepted (report_verify yes)',
        'report_verify no, if only your own users can report; or service exim4, or a milter in place of policy',
      ),
    );
  if (errors.length === 0) return [{ state: 'good', about, text: `${file} has no errors` }, ...odd];
  const meanwhile =
    'until that is mended a running daemon keeps what it has, and a restarted one would refuse to start';
  return [...errors.map(mistake), note(meanwhile, check), ...odd];
}

/** Whether reports of accepted mail come from anywhere. */
function learnsWhatIsAccepted(config: Config): boolean {
  const tells = config.service.includes('exim4') || config.listen.some(({ protocol }) => protocol === 'milter');
  return tells || isPeering(config);
}

/** What follows the first semicolon of a message is what would be right. */
function mistake(problem: Problem): Finding {
  const [, wrong = '', right] = /^(.*?)(?:; (.*))?$/s.exec(problem.message) ?? [];
  const mend = right ?? 'change that line, or take it out';
  return { state: 'bad', about, text: formatProblem({ ...problem, message: wrong }), mend };
}

/** What is to be said about a configuration that can't be read. */
export function unreadableConfig(cause: string, file: string, recommended: string): Finding {
  return { state: 'bad', about, text: cause, mend: howToRead(cause, file, recommended) };
}

function howToRead(cause: string, file: string, recommended: string): string {
  if (isMissing(file)) return `install -D -m 644 ${shellWord(recommended)} ${shellWord(file)}`;
  return cause.includes('permission denied')
    ? 'run ddgrey doctor as root'
    : 'name a file that can be read: --config FILE';
}
