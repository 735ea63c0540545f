// The configuration file's form: `name value...`, one option a line; `#` starts a comment; quotes keep words together; an
// `=` between name and value is optional; `include FILE` reads another file in its place.
import { dirname, resolve } from 'node:path';
import { readProblem } from '../lib/read-problem.ts';
import { splitWords } from '../lib/words.ts';
import { oddCharacter, UTF_8 } from './odd-character.ts';

/** Where something stands in the configuration. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** One line that sets something. */
export interface OptionLine extends Place {
  readonly name: string;
  readonly words: readonly string[];
}

/** Something that is wrong with the configuration, in words, with what would be right. */
export interface Problem extends Place {
  readonly message: string;
  /** Odd, but it works. */
  readonly warning?: true;
}

/** `ddgrey.conf:12: grey_default: ...` */
export function formatProblem({ file, line, message }: Problem): string {
  return line === 0 ? message : `${file}:${line}: ${message}`;
}

export interface OptionLines {
  readonly lines: readonly OptionLine[];
  readonly problems: readonly Problem[];
}

/** Returns a file's text; throws if it can't be read. */
export type ReadFile = (path: string) => string;

/** Files that are read in all: one file may have any number of names, such as in a folder with a link to itself. */
const MOST_FILES = 1000;

/** Files that include each other: else the message about an endless include would name a path of a thousand folders. */
const DEEPEST = 16;

/** All lines of a file and of those that it includes, in order. Never throws: a file that can't be read is a problem. */
export function readOptionLines(file: string, readFile: ReadFile): OptionLines {
  const lines: OptionLine[] = [];
  const problems: Problem[] = [];
  const open: string[] = [];
  let files = 0;

  const readInto = (path: string, from: Place): void => {
    if (open.includes(path)) {
      problems.push({ ...from, message: `include: ${path} includes itself` });
      return;
    }
    if (open.length >= DEEPEST) {
      problems.push({ ...from, message: `include: more than ${DEEPEST} files deep` });
      return;
    }
    files += 1;
    if (files > MOST_FILES) {
      if (files === MOST_FILES + 1)
        problems.push({ ...from, message: `include: more than ${MOST_FILES} files in all` });
      return;
    }
    let text: string;
    try {
      text = readFile(path);
    } catch (error) {
      problems.push({ ...from, message: `cannot read ${path}: ${readProblem(error)}` });
      return;
    }
    open.push(path);
    for (const line of parseLines(path, text, problems)) {
      if (line.name.toLowerCase() !== 'include') lines.push(line);
      else if (line.words.length === 1) readInto(resolve(dirname(path), line.words[0] ?? ''), line);
      else problems.push({ file: path, line: line.line, message: 'include: needs one file name' });
    }
    open.pop();
  };

  readInto(file, { file, line: 0 });
  return { lines, problems };
}

// A lone CR ends a line as well, or a first comment would take in the whole of a file that some old editor wrote.
const LINE_END = /\r*\n|\r/;

function parseLines(file: string, text: string, problems: Problem[]): readonly OptionLine[] {
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    // One problem for the file: in UTF-16 each line would have one, and none that could be understood.
    const line = text.slice(0, nul).split(LINE_END).length;
    problems.push({ file, line, message: `a NUL character: the file is no text, or UTF-16; ${UTF_8}` });
    return [];
  }
  // Some editors begin a file with a byte order mark.
  const lines = text.replace(/^\uFEFF/, '').split(LINE_END);
  return lines.flatMap((content, index) => {
    const place = { file, line: index + 1 };
    const unclosed: string[] = [];
    const onUnclosed = (word: string): void => void unclosed.push(word);
    const [name, ...words] = splitWords(withoutEquals(content), { comments: true, onUnclosed });
    if (name === undefined) return [];
    const [start] = unclosed;
    const odd = oddCharacter([name, ...words]);
    if (odd !== undefined) problems.push({ ...place, message: odd });
    else if (start !== undefined)
      problems.push({ ...place, message: `${start}: the quote that starts here is never closed` });
    else return [{ ...place, name, words }];
    return [];
  });
}

/** `name = value`, `name= value`, `name =value` and `name=value` mean `name value`, also where the value is in quotes. */
function withoutEquals(line: string): string {
  return line.replace(/^([ \t]*[^ \t#=][^ \t=]*)[ \t]*=/, '$1 ');
}
