// What the configuration of a mail server says about ddgrey: whether it asks, and whether mail passes when nobody answers.
// The texts are read as far as that needs, no further: no macros of Exim, no lookups.
import type { Finding } from './doctor-finding.ts';

/** A mail server's configuration as it was found. */
export interface MtaFile {
  readonly mta: 'Exim' | 'Postfix' | 'Sendmail';
  readonly path: string;
  readonly text: string;
}

/** What is to be said about it. */
export function mtaFindings(file: MtaFile): readonly Finding[] {
  switch (file.mta) {
    case 'Exim':
      return eximFindings(file);
    case 'Postfix':
      return postfixFindings(file);
    case 'Sendmail':
      return sendmailFindings(file);
  }
}

function eximFindings({ path, text }: MtaFile): readonly Finding[] {
  const about = `Exim (${path})`;
  const config = text.replace(/^\s*#.*$/gm, '').replace(/\\\n\s*/g, '');
  if (/^\s*\.include(?:_if_exists)?\s+\S*exim4-acl\.conf/m.test(config))
    return [
      { state: 'good', about, text: 'includes exim4-acl.conf, which lets mail pass when ddgrey does not answer' },
    ];
  const start = config.search(/\$\{readsocket\{[^}]*(?:greylist|ddgrey)/);
  if (start < 0)
    return [{ state: 'note', about, text: 'does not ask ddgrey', mend: 'docs/protocols/exim.md: one .include' }];
  // ${readsocket{SOCKET}{REQUEST}{OPTIONS}{EOL}{FAIL}}: without FAIL the expansion fails, and that defers.
  if (bracedParts(config, start + '${readsocket'.length) >= 5)
    return [{ state: 'good', about, text: 'asks ddgrey, and has a string for when it does not answer' }];
  const mend = 'give readsocket its fifth argument, as conf/exim4-acl.conf does';
  return [{ state: 'bad', about, text: 'defers all mail while ddgrey does not answer', mend }];
}

/** How many `{...}` follow each other from there on. */
function bracedParts(text: string, from: number): number {
  let parts = 0;
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth -= 1;
    else if (depth === 0 && !/\s/.test(text[at] ?? '')) break;
    if (depth < 0) break;
    if (depth === 0 && text[at] === '}') parts += 1;
  }
  return parts;
}

function postfixFindings({ path, text }: MtaFile): readonly Finding[] {
  const about = `Postfix (${path})`;
  const settings = postfixSettings(text);
  const expanded = (name: string): string => expand(settings.get(name) ?? '', settings);
  const milters = expanded('smtpd_milters');
  const restrictions = [...settings.keys()].filter((name) => /^smtpd_\w+_restrictions$/.test(name)).map(expanded);
  const asksPolicy = restrictions.some((value) => value.includes('check_policy_service'));
  if (milters === '' && !asksPolicy)
    return [
      {
        state: 'note',
        about,
        text: 'does not ask ddgrey',
        mend: 'docs/protocols/postfix.md: append conf/postfix-main.cf',
      },
    ];
  return [
    ...(asksPolicy ? [policyFinding(about, expanded('smtpd_policy_service_default_action'))] : []),
    ...(milters === '' ? [] : [milterFinding(about, milters, expanded('milter_default_action'))]),
  ];
}

function policyFinding(about: string, action: string): Finding {
  if (/^(?:dunno|ok|permit)\b/i.test(action))
    return { state: 'good', about, text: 'asks a policy server, and lets mail pass when it does not answer' };
  const mend = 'smtpd_policy_service_default_action = DUNNO';
  return { state: 'bad', about, text: 'defers all mail while the policy server does not answer', mend };
}

function milterFinding(about: string, milters: string, standard: string): Finding {
  if (/default_action\s*=\s*accept/.test(milters) || standard === 'accept')
    return { state: 'good', about, text: 'asks a milter, and lets mail pass when it does not answer' };
  const mend = 'default_action=accept in smtpd_milters, as in conf/postfix-milter.cf';
  return { state: 'bad', about, text: 'defers all mail while the milter does not answer', mend };
}

/** postconf(5): `name = value`, a line that starts with white space goes on, the last one of a name counts. */
function postfixSettings(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const lines = text.replace(/^\s*#.*\n?/gm, '').replace(/\n[ \t]+/g, ' ');
  for (const line of lines.split('\n')) {
    const [, name, value] = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) settings.set(name, value ?? '');
  }
  return settings;
}

/** `$name`, `${name}` and `$(name)`, a few levels deep: a setting may name itself. */
function expand(value: string, settings: ReadonlyMap<string, string>): string {
  let text = value;
  for (let level = 0; level < 4 && text.includes('$'); level += 1)
    text = text.replace(/\$(?:\{(\w+)\}|\((\w+)\)|(\w+))/g, (_, a, b, c) => settings.get(String(a ?? b ?? c)) ?? '');
  return text;
}

function sendmailFindings({ path, text }: MtaFile): readonly Finding[] {
  const about = `Sendmail (${path})`;
  const lines = text.split('\n').filter((line) => !/^\s*(?:dnl\b|#)/.test(line));
  const filter = lines.find((line) => /^(?:INPUT_MAIL_FILTER\(`ddgrey'|Xddgrey\b)/.test(line));
  if (filter === undefined)
    return [{ state: 'note', about, text: 'does not ask ddgrey', mend: 'docs/protocols/milter.md' }];
  const flag = /\bF=([RT4])/.exec(filter)?.[1];
  if (flag === undefined)
    return [{ state: 'good', about, text: 'asks ddgrey, and lets mail pass when it does not answer' }];
  const what = flag === 'R' ? 'refuses' : 'defers';
  return [{ state: 'bad', about, text: `${what} all mail while ddgrey does not answer`, mend: `take F=${flag} out` }];
}
