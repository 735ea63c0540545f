// ddgrey-report: a mail that a user reports as spam comes in on standard input, from an alias. Arguments and exit code.
import { LOCATION_OPTIONS, locateConfig } from '../config/locate-config.ts';
import { seconds, systemClock } from '../lib/clock.ts';
import { helpText } from '../lib/program-page.ts';
import { failureText, readOptions } from '../lib/usage-error.ts';
import { VERSION } from '../lib/version.ts';
import { print } from './print.ts';
import { REPORT_PAGE } from './report-page.ts';
import { EXIT_CODES, reportMail } from './report-mail.ts';

async function main(args: readonly string[]): Promise<number> {
  const { values } = readOptions({
    args: [...args],
    options: {
      ...LOCATION_OPTIONS,
      config: { type: 'string', short: 'c' },
      // An option of the original: there is nothing more to say.
      debug: { type: 'boolean', short: 'd', multiple: true },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'V' },
    },
  });
  if (values.help === true || values.version === true) {
    const text = values.help === true ? helpText(REPORT_PAGE) : `ddgrey-report ${VERSION}\n`;
    await print({ text }, process.stdout);
    return EXIT_CODES.sent;
  }
  const location = locateConfig(values);
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
