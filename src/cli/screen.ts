// Where a command's text goes to: a terminal has a width, colours and somebody who waits; a file has none of these.
import { inspect, styleText } from 'node:util';
import { columnsOf, cut } from './columns.ts';

export interface Screen {
  /** Columns that a line may have; undefined: any number. */
  readonly columns: number | undefined;
  readonly colours: boolean;
  /** Tells how far the work is, if somebody waits. */
  readonly progress: (text: string) => void;
}

/** No screen: a file, or another program. */
export const NO_SCREEN: Screen = { columns: undefined, colours: false, progress: () => {} };

/** The screen of this process. Node's hasColors() knows NO_COLOR, and what the terminal can do. */
export function processScreen({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): Screen {
  return {
    // A terminal that does not know its width says 0.
    columns: stdout.isTTY && stdout.columns > 0 ? stdout.columns : undefined,
    colours: stdout.isTTY && stdout.hasColors(),
    // Goes back to the start of the line, and clears what is left of it.
    progress: stderr.isTTY ? (text) => void stderr.write(`\r${text}\u001b[K`) : () => {},
  };
}

/** The line, cut to what fits. */
export function fit(line: string, { columns }: Screen): string {
  return columns === undefined || columnsOf(line) <= columns ? line : `${cut(line, Math.max(1, columns - 1))}…`;
}

/** Each line of a table, cut to what fits. */
export function fitTable(table: string, screen: Screen): string {
  return table
    .split('\n')
    .map((line) => fit(line, screen))
    .join('\n');
}

const COLOURS = { white: 'green', grey: 'yellow', black: 'red' } as const;

/** The codes that coloured() writes around a text, as a regular expression. */
export const COLOUR_CODES: string = `\\u001b\\[(?:${Object.values(COLOURS)
  .flatMap((name) => inspect.colors[name] ?? [])
  .join('|')})m`;

/** The text in the colour of a verdict. */
export function coloured(text: string, kind: keyof typeof COLOURS, { colours }: Screen): string {
  return colours ? styleText(COLOURS[kind], text, { validateStream: false }) : text;
}
