// Option types of several values: on one line, or one a line. Option.list says that further lines add to them.
import { listed } from '../lib/listed.ts';
import { isNone, type OptionType, quoted } from './option-types.ts';

/** Values that are a word each, any number on a line. */
export function wordsOf<T>(item: {
  readonly allowed: string;
  readonly parse: (word: string) => T | undefined;
  readonly write: (value: T) => string;
}): OptionType<readonly T[]> {
  return {
    allowed: item.allowed,
    parse: (given) => {
      const values = given.map(item.parse).filter((value) => value !== undefined);
      return values.length > 0 && values.length === given.length ? values : undefined;
    },
    problem: (given) => {
      const wrong = given.filter((text) => item.parse(text) === undefined);
      const parts = given.flatMap((text) => text.split(',')).filter((part) => part !== '');
      if (wrong.some((text) => text.includes(',')) && parts.every((part) => item.parse(part) !== undefined))
        return 'write blanks between the values, and no commas';
      if (wrong.length === 0) return undefined;
      return `${listed(wrong.map((text) => `"${text}"`))} ${wrong.length === 1 ? 'is' : 'are'} not allowed`;
    },
    write: (values) => values.map((value) => quoted(item.write(value))).join(' '),
  };
}

/** Values of which each takes a line. */
export function linesOf<T>(item: OptionType<T>): OptionType<readonly T[]> {
  return {
    ...item,
    parse: (given) => {
      const value = item.parse(given);
      return value === undefined ? undefined : [value];
    },
    write: (values) => values.map(item.write).join('\n'),
  };
}

/** The same list, but the word `none` stands for an empty one. */
export function orNone<T>(list: OptionType<readonly T[]>): OptionType<readonly T[]> {
  return {
    ...list,
    allowed: `${list.allowed}; or none`,
    parse: (given) => (isNone(given) ? [] : list.parse(given)),
    write: (values) => (values.length === 0 ? 'none' : list.write(values)),
  };
}

/** Any words. */
export const words: OptionType<readonly string[]> = orNone(
  wordsOf({
    allowed: 'one or more words, in quotes if they hold spaces',
    parse: (text) => (text === '' ? undefined : text),
    write: (value) => value,
  }),
);

/** Some of the given words, in any case. */
export function choices<const T extends string>(...known: readonly T[]): OptionType<readonly T[]> {
  return orNone(
    wordsOf({
      allowed: known.join(', '),
      parse: (text) => known.find((candidate) => candidate.toLowerCase() === text.toLowerCase()),
      write: (value) => value,
    }),
  );
}
