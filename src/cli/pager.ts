// Which program shows what is too long for a terminal: less, or what the environment says.
import { basename } from 'node:path';
import { splitWords } from '../lib/words.ts';

/** Of less: colours are shown as such, and a row of a table stays one line. */
const LESS_OPTIONS = ['-R', '-S'];

/** The program and its arguments, by $PAGER; no words if there is to be none. */
export function pagerCommand(set: string = 'less'): readonly string[] {
  const [program = '', ...words] = splitWords(set);
  const name = basename(program);
  if (name === '' || name === 'cat') return [];
  return name === 'less' ? [program, ...LESS_OPTIONS, ...words] : [program, ...words];
}
