// The files that are made from the tables of options and commands, and what makes them.
import { DDGREY_PAGE } from '../src/cli/ddgrey-page.ts';
import { REPORT_PAGE } from '../src/cli/report-page.ts';
import { configManual, optionsPage, recommendedConfig } from '../src/config/option-pages.ts';
import { DAEMON_PAGE } from '../src/daemon-page.ts';
import { manualPage } from '../src/lib/program-page.ts';
import { VERSION } from '../src/lib/version.ts';

export const GENERATED: readonly (readonly [path: string, made: () => string])[] = [
  ['conf/ddgrey.conf', recommendedConfig],
  ['docs/options.md', optionsPage],
  ['docs/man/ddgrey.conf.5', () => configManual(VERSION)],
  ...[DAEMON_PAGE, DDGREY_PAGE, REPORT_PAGE].map(
    (page) => [`docs/man/${page.name}.${page.section}`, () => manualPage(page, VERSION)] as const,
  ),
];
