// ddgrey-report: a mail that a user reports as spam comes in on standard input, from an alias. Arguments and exit code.
import { locateConfig } from '../config/locate-config.ts';
import { seconds, systemClock } from '../lib/clock.ts';
import { failureText, readOptions } from '../lib/usage-error.ts';
import { VERSION } from '../lib/version.ts';
import { EXIT_CODES, reportMail } from './report-mail.ts';

const USAGE = `ddgrey-report - reports a mail as spam to a running ddgreyd

  ddgrey-report [-D DIR] [-c FILE] < MAIL

The mail has the spam attached (message/rfc822, also in a feedback report), or is the spam, redirected. The first host in its
Received lines that is neither ours nor in \`trusted\` is reported. With \`report_verify yes\` only mail that was seen to be
accepted here counts.

In /etc/aliases, for users who send their spam to spam@...:
  spam: "|/opt/ddgrey/bin/ddgrey-report"
Whoever the mail server runs this as needs the right to write to the daemon's ddgrey.socket:
  listen sync unix:ddgrey.socket mode=0660 group=mail

  -D, --directory DIR   the daemon's directory (default /var/lib/ddgrey)
  -c, --config FILE     its configuration (default DIR/ddgrey.conf; without -D /etc/ddgrey/ddgrey.conf)
  -h, --help            this text
  -V, --version         the version

Exit code: 0 reported, 64 wrong arguments, 65 no usable mail, 75 no daemon answers (the mail server tries again), 77 refused.
`;

async function main(args: readonly string[]): Promise<number> {
  const { values } = readOptions({
    args: [...args],
    options: {
      directory: { type: 'string', short: 'D' },
      config: { type: 'string', short: 'c' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'V' },
    },
  });
  if (values.help === true || values.version === true) {
    process.stdout.write(values.help === true ? USAGE : `ddgrey-report ${VERSION}\n`);
    return EXIT_CODES.sent;
  }
  const location = locateConfig(values.directory, values.config);
  const { exitCode, message } = await reportMail(process.stdin, location, seconds(systemClock));
  if (message !== '') process.stderr.write(`ddgrey-report: ${message}\n`);
  return exitCode;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(failureText('ddgrey-report', error));
  process.exitCode = EXIT_CODES.usage;
}
