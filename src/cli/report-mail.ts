// Sends what a reported mail tells of to the daemon. Exit codes are those of sysexits.h, by which a mail server knows whether
// to keep the mail and try again (75) or to give it back with what was printed.
import { loadConfig } from '../config/load-config.ts';
import type { Location } from '../config/locate-config.ts';
import type { Config } from '../config/options.ts';
import { MAIL_LIMIT, notReceived, readReportedMail } from '../feeds/reported-mail.ts';
import { causeOf } from '../lib/error-cause.ts';
import { isOwnAddress } from '../lib/own-address.ts';
import { formatReport } from '../peers/report-text.ts';
import type { Address } from '../policy/address.ts';
import type { Report } from '../policy/report.ts';
import { askDaemon, itemOf, quoteArgument, Refusal } from './ask-daemon.ts';
import { trustedBy } from './trusted.ts';

export const EXIT_CODES = { sent: 0, usage: 64, unusable: 65, tryAgain: 75, refused: 77, config: 78 } as const;

/** How it ended; `message` is for the user in a bounce, and empty when there is nothing to say. */
export interface Ending {
  readonly exitCode: number;
  readonly message: string;
}

const SENT: Ending = { exitCode: EXIT_CODES.sent, message: '' };
const HOW_TO_REPORT =
  'To report spam, forward it as an attachment (one spam a mail) or redirect it, as it came, with all its header lines.';
/** The attached mail may stand behind that. */
const TOO_LARGE = `Only the first ${MAIL_LIMIT / 1024 / 1024} MiB of the mail were looked at.`;

/**
 * Refusals that will be the same later. Any other is of a daemon that can't keep a report now, such as while its disk
 * is full, or that is still to be started anew after an upgrade.
 */
const LASTING = /^(?:bad report|permission denied|line too long)/;

/** Reports the mail. Never rejects. `isOwn`: whether an address is one of this machine. */
export async function reportMail(
  mail: AsyncIterable<Buffer>,
  location: Location,
  now: number,
  isOwn: (address: string) => boolean | undefined = isOwnAddress,
): Promise<Ending> {
  try {
    // The whole mail is read in any case: a mail server whose pipe breaks takes that for a failure.
    const bytes = await readMail(mail);
    const config = readConfig(location);
    const isTrusted = await trustedBy(config);
    // A mailing list on this machine, or a filter, may hand mail back to its own mail server by its public address.
    const isOurs = (address: Address): boolean => isOwn(address.text) === true || isTrusted(address);
    const read = readReportedMail(bytes, { isTrusted: isOurs, now });
    if (read.kind === 'unusable') {
      const how = bytes.length === MAIL_LIMIT ? `${TOO_LARGE}\n${HOW_TO_REPORT}` : HOW_TO_REPORT;
      return { exitCode: EXIT_CODES.unusable, message: `${read.problem}\n${how}` };
    }
    return await send(read.report, location, config.report_verify);
  } catch (error) {
    const message = causeOf(error);
    if (error instanceof ConfigMistake)
      return { exitCode: EXIT_CODES.config, message: `the configuration of ddgrey cannot be used: ${message}` };
    if (error instanceof Refusal && LASTING.test(message))
      return { exitCode: EXIT_CODES.refused, message: `refused: ${message}` };
    const what = error instanceof Refusal ? 'ddgrey server cannot take it now' : 'could not connect to ddgrey server';
    return { exitCode: EXIT_CODES.tryAgain, message: `${what}, try again later: ${message}` };
  }
}

/** A mistake in the configuration: trying again would not help. */
class ConfigMistake extends Error {}

function readConfig({ configFile }: Location): Config {
  try {
    return loadConfig(configFile).config;
  } catch (error) {
    throw new ConfigMistake(causeOf(error), { cause: error });
  }
}

async function send(report: Report, location: Location, verify: boolean): Promise<Ending> {
  if (verify && !(await wasAccepted(report, location))) {
    const why = 'This server only takes reports of mail that it has accepted lately (report_verify).';
    return { exitCode: EXIT_CODES.refused, message: `${notReceived(report)}\n${why}` };
  }
  await askDaemon(location, 'report', formatReport(report));
  return SENT;
}

async function wasAccepted({ ip, mtaId }: Report, location: Location): Promise<boolean> {
  if (mtaId === undefined) return false;
  const answer = await askDaemon(location, `accepted ${ip} ${quoteArgument(mtaId)}`);
  return itemOf<{ readonly accepted: boolean }>(answer).accepted;
}

/** The first MAIL_LIMIT bytes. The rest is read, and dropped. */
async function readMail(mail: AsyncIterable<Buffer>): Promise<Buffer> {
  // Memory that is not written to costs nothing, so a small mail stays small.
  const kept = Buffer.allocUnsafeSlow(MAIL_LIMIT);
  let length = 0;
  for await (const bytes of mail) length += bytes.copy(kept, length);
  return kept.subarray(0, length);
}
