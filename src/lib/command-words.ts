// A command of the original daemon's line protocols as words. They are those of words.ts, but a word `=` joins its
// neighbours to a pair, which is no argument, and only the last word may be empty.
import { splitWords } from './words.ts';

export interface Command {
  /** Without any the line is empty or a comment. */
  readonly words: readonly string[];
  /** `KEY=VALUE`. */
  readonly pairs: readonly string[];
  /** What is wrong with the line, worded, and spelt, as clients of the original know it. */
  readonly problem?: string;
}

/** The words and pairs of a line. Never throws. */
export function splitCommand(line: string): Command {
  const words = splitWords(line);
  const empty = words.indexOf('');
  if (empty >= 0 && empty < words.length - 1) return wrong('syntax error ([error] parsing error on line 0)');
  if (!words.includes('=')) return words[0] === '' ? nothingLeft() : { words, pairs: [] };
  const pairs: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word !== '=') {
      rest.push(word);
      continue;
    }
    i += 1;
    const value = words[i];
    if (value === undefined) return wrong('syntax error ([error] assigment without value on line 0)');
    pairs.push(`${rest.pop() ?? ''}=${value}`);
  }
  return (rest[0] ?? '') === '' ? nothingLeft() : { words: rest, pairs };
}

function nothingLeft(): Command {
  return wrong('no command received');
}

function wrong(problem: string): Command {
  return { words: [], pairs: [], problem };
}
