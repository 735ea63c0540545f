// The option type of `milter_spam_header`: headers and what their values look like.
import { linesOf, orNone } from './list-type.ts';
import { type OptionType, quoted } from './option-types.ts';

export interface HeaderPattern {
  /** As written; headers' names are the same in any case of letters. */
  readonly name: string;
  /** Ignores the case of letters. */
  readonly pattern: RegExp;
}

const FIELD_NAME = /^[!-9;-~]{1,76}$/; // RFC 5322 section 3.6.8

/** `NAME PATTERN`, one a line. */
export const headerPatterns: OptionType<readonly HeaderPattern[]> = orNone(
  linesOf({
    allowed: 'NAME PATTERN, the pattern a regular expression, in quotes if it holds spaces',
    parse: ([name = '', source = '', ...rest]) => {
      const pattern = regularExpression(source);
      return FIELD_NAME.test(name) && pattern && rest.length === 0 ? { name, pattern } : undefined;
    },
    write: ({ name, pattern }) => `${quoted(name)} ${quoted(pattern.source)}`,
  }),
);

function regularExpression(source: string): RegExp | undefined {
  if (source === '') return undefined;
  try {
    return new RegExp(source, 'i');
  } catch {
    return undefined;
  }
}
