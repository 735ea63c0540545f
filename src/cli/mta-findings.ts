// What the configuration of a mail server says about ddgrey: whether it asks, and whether mail passes when nobody answers.
// The texts are read as far as that needs, no further: no macros of Exim, no lookups. Postfix is in postfix-findings.ts.
import { parseSocketAddress } from '../lib/socket-address.ts';
import type { Finding } from './doctor-finding.ts';
import { installed } from './installed.ts';
import { listensThere, type OwnSocket } from './listens-there.ts';
import { postfixFindings } from './postfix-findings.ts';

/** A mail server's configuration as it was found. */
export interface MtaFile {
  readonly mta: 'Exim' | 'Postfix' | 'Sendmail';
  readonly path: string;
  readonly text: string;
}

/** What is to be said about the configuration; `own`: the sockets of ddgrey. */
export function mtaFindings(file: MtaFile, own: readonly OwnSocket[]): readonly Finding[] {
  switch (file.mta) {
    case 'Exim':
      return eximFindings(file);
    case 'Postfix':
      return postfixFindings(`Postfix (${file.path})`, file.text, own);
    case 'Sendmail':
      return sendmailFindings(file, own);
  }
}

/** Whether one of the configurations is of an Exim that asks ddgrey. */
export function eximAsks(files: readonly MtaFile[]): boolean {
  return files.some(({ mta, text }) => mta === 'Exim' && eximAsking('', withoutComments(text)).state !== 'note');
}

/** The configuration without comments. */
function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, '');
}

function eximFindings({ path, text }: MtaFile): readonly Finding[] {
  const about = `Exim (${path})`;
  const config = withoutComments(text);
  const asking = eximAsking(about, config);
  return asking.state === 'note' || !countsDeferredAsBad(config)
    ? [asking]
    : [
        asking,
        {
          state: 'bad',
          about,
          text: MANY_RECIPIENTS,
          mend: `${NO_FAIL} = true, see ${installed('docs/protocols/exim.md')}`,
        },
      ];
}

function eximAsking(about: string, config: string): Finding {
  if (/^\s*\.include(?:_if_exists)?\s+\S*exim4-acl\.conf/m.test(config))
    return { state: 'good', about, text: 'includes exim4-acl.conf, which lets mail pass when ddgrey does not answer' };
  const questions = [...config.matchAll(/\$\{readsocket(?=\{[^}]*(?:greylist|ddgrey))/g)];
  if (questions.length === 0)
    return {
      state: 'note',
      about,
      text: 'does not ask ddgrey',
      mend: `${installed('docs/protocols/exim.md')}: one .include`,
    };
  // ${readsocket{SOCKET}{REQUEST}{OPTIONS}{EOL}{FAIL}}: without FAIL the expansion fails, and that defers.
  if (questions.every(({ 0: found, index }) => bracedParts(config, index + found.length) >= 5))
    return { state: 'good', about, text: 'asks ddgrey, and has a string for when it does not answer' };
  const mend = `give readsocket its fifth argument, as ${installed('conf/exim4-acl.conf')} does`;
  return { state: 'bad', about, text: 'defers all mail while ddgrey does not answer', mend };
}

/** The macro that leaves out a statement of Debian's RCPT ACL, which takes deferred recipients for bad ones. */
const NO_FAIL = 'CHECK_RCPT_NO_FAIL_TOO_MANY_BAD_RCPT';
const MANY_RECIPIENTS = 'refuses recipients for good after ten of the same message were greylisted';

function countsDeferredAsBad(config: string): boolean {
  return config.includes(`.ifndef ${NO_FAIL}`) && !new RegExp(`^${NO_FAIL}\\s*=`, 'm').test(config);
}

/** How many `{...}` follow from that place on, up to the brace that closes what they are part of. */
function bracedParts(text: string, from: number): number {
  let parts = 0;
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth -= 1;
    if (depth < 0) break;
    if (depth === 0 && text[at] === '}') parts += 1;
  }
  return parts;
}

function sendmailFindings({ path, text }: MtaFile, own: readonly OwnSocket[]): readonly Finding[] {
  const about = `Sendmail (${path})`;
  const milters = own.filter(({ protocol }) => protocol === 'milter');
  const filter = text.split('\n').find((line) => {
    const [, where = ''] = /^(?:(?:INPUT_)?MAIL_FILTER\(|X\w).*?\bS=([^\s,']+)/.exec(line) ?? [];
    const address = parseSocketAddress(where);
    return address !== undefined && listensThere(milters, address);
  });
  const mend = `${installed('docs/protocols/milter.md')}: S= as a listen milter line of ddgrey.conf has it`;
  if (filter === undefined)
    return [{ state: 'note', about, text: 'does not ask ddgrey on any of its milter sockets', mend }];
  const flag = /\bF=([RT4])/.exec(filter)?.[1];
  if (flag === undefined)
    return [{ state: 'good', about, text: 'asks ddgrey, and lets mail pass when it does not answer' }];
  const what = flag === 'R' ? 'refuses' : 'defers';
  return [{ state: 'bad', about, text: `${what} all mail while ddgrey does not answer`, mend: `take F=${flag} out` }];
}
