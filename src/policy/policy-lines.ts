// The policy file's form, that of ze-filter's policy database: `Prefix:key value`, one rule a line. Prefixes in any case;
// `#` starts a comment at the start of a line or after a blank; blank lines mean nothing.

const PREFIXES = ['GreyCheckConnect', 'GreyCheckFrom', 'GreyCheckTo', 'GreyDomainEquiv', 'GreydAccess'] as const;

export type PolicyPrefix = (typeof PREFIXES)[number];

/** One rule as it was written. */
export interface PolicyLine {
  readonly line: number;
  readonly prefix: PolicyPrefix;
  readonly key: string;
  readonly value: string;
}

/** Something that is wrong with a line, in words, with what would be right. */
export interface PolicyProblem {
  readonly line: number;
  readonly message: string;
}

const PREFIX_OF: ReadonlyMap<string, PolicyPrefix> = new Map([
  ...PREFIXES.map((prefix): [string, PolicyPrefix] => [prefix.toLowerCase(), prefix]),
  // ze-filter's manual and its code spell it differently.
  ['greyequivdomain', 'GreyDomainEquiv'],
]);

/** The rules of a policy file, in order, and what is no rule. Never throws. */
export function* parsePolicyLines(text: string): Generator<PolicyLine | PolicyProblem, void> {
  let line = 0;
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const content = text.slice(start, end);
    start = end + 1;
    line += 1;
    // A byte order mark and the CR of a CRLF are white space to trim().
    const rule = content.slice(0, commentAt(content)).trim();
    if (rule !== '') yield parseRule(rule, line);
  }
}

function commentAt(content: string): number {
  if (!content.includes('#')) return content.length;
  const at = content.search(/(?:^|\s)#/);
  return at < 0 ? content.length : at;
}

/** Each second character of UTF-16 is NUL, which nobody sees; what is not ASCII in Latin-1 becomes U+FFFD. */
const NOT_UTF_8 = /[\0\ufffd]/;

function parseRule(rule: string, line: number): PolicyLine | PolicyProblem {
  if (NOT_UTF_8.test(rule)) return { line, message: 'this line is not UTF-8; save the file as UTF-8' };
  const colon = rule.indexOf(':');
  if (colon < 0) return { line, message: `${rule}: a rule looks like GreyCheckTo:postmaster@ NO` };
  const word = rule.slice(0, colon).trimEnd();
  const prefix = PREFIX_OF.get(word.toLowerCase());
  if (prefix === undefined) return { line, message: `${word}: unknown; allowed are ${PREFIXES.join(', ')}` };
  const rest = rule.slice(colon + 1).trimStart();
  const blank = rest.search(/\s/);
  if (blank < 0) return { line, message: `${word}:${rest}: needs a key and a value with a blank between them` };
  return { line, prefix, key: rest.slice(0, blank), value: rest.slice(blank).trimStart() };
}
