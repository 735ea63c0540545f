// What a program says about itself, written once: as the text of --help, and as a manual page in man(7).
import { wrapped } from './wrapped.ts';

/** Something to write and what it means. */
export type Row = readonly [what: string, meaning: string];

export interface ProgramPage {
  readonly name: string;
  /** Of the manual. */
  readonly section: 1 | 8;
  readonly about: string;
  /** The arguments. */
  readonly synopsis: string;
  /** What --help has above the options. */
  readonly intro?: readonly string[];
  readonly lists: readonly RowList[];
  /** Below the options; a paragraph. */
  readonly text?: string;
  /** What the exit codes mean. */
  readonly exit: string;
  /** Only in the manual. */
  readonly manual: readonly ManualSection[];
  readonly seeAlso: readonly string[];
}

export interface RowList {
  readonly title: string;
  /** The columns that the first of each row takes in --help. */
  readonly width: number;
  /** Whether --help names the list. */
  readonly named?: true;
  readonly rows: readonly Row[];
}

export interface ManualSection {
  readonly title: string;
  readonly rows?: readonly Row[];
  /** Lines to be shown as they are. */
  readonly example?: readonly string[];
}

/** The text of --help. */
export function helpText({ name, about, synopsis, intro = [], lists, text, exit }: ProgramPage): string {
  const blocks = lists.map(({ title, named, rows, width }) =>
    [...(named ? [`${title}:`] : []), ...rows.flatMap((row) => helpLines(row, width))].join('\n'),
  );
  const last = [...(text === undefined ? [] : [text]), `Exit code: ${exit}`].join('\n');
  return `${[`${name} - ${about}`, `  ${name} ${synopsis}`, ...intro, ...blocks, last].join('\n\n')}\n`;
}

/** The longest line of --help. */
const HELP_WIDTH = 120;

function helpLines([what, meaning]: Row, width: number): readonly string[] {
  const first = `  ${what.padEnd(width)}`;
  return wrapped(meaning, { first, others: ' '.repeat(first.length), width: HELP_WIDTH });
}

/** The manual page. `version` stands in its foot. */
export function manualPage(page: ProgramPage, version: string): string {
  const { name, section, about, synopsis, intro = [], lists, text = '', exit, manual, seeAlso } = page;
  return roff([
    `.TH ${name.toUpperCase()} ${section} "" "ddgrey ${version}" "ddgrey"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(about)}`,
    '.SH SYNOPSIS',
    `.B ${escaped(name)}`,
    escaped(synopsis),
    '.SH DESCRIPTION',
    ...paragraphs([...intro, text]),
    ...lists.flatMap(({ title, rows }) => [`.SH ${title.toUpperCase()}`, ...rows.flatMap(tagged)]),
    ...manual.flatMap(({ title, rows = [], example }) => [
      `.SH ${title.toUpperCase()}`,
      ...rows.flatMap(tagged),
      ...(example === undefined ? [] : exampleLines(example)),
    ]),
    '.SH EXIT STATUS',
    escaped(exit.replaceAll('\n', ' ')),
    '.SH SEE ALSO',
    seeAlso.map((other) => other.replace(/^(\S+)\((\d)\)$/, '.BR $1 ($2)')).join(' ,\n'),
  ]);
}

/** A row as a paragraph with a tag. */
export function tagged([what, meaning]: Row): readonly string[] {
  return ['.TP', `.B ${escaped(what.trim())}`, escaped(meaning)];
}

function exampleLines(lines: readonly string[]): readonly string[] {
  return ['.PP', '.EX', ...lines.map(escaped), '.EE'];
}

function paragraphs(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => text !== '').flatMap((text) => ['.PP', ...text.split('\n').flatMap(proseLine)]);
}

/** What is indented is to be typed as it is. */
function proseLine(line: string): readonly string[] {
  if (line === '') return [];
  return line.startsWith(' ') ? [...exampleLines([line.trim()]), '.PP'] : [escaped(line)];
}

/** Lines of man(7), with what says where they come from. */
export function roff(lines: readonly string[]): string {
  return `.\\" Made by "npm run docs"; do not edit.\n${lines.join('\n')}\n`;
}

/** Text that man(7) takes as it is. */
export function escaped(text: string): string {
  const safe = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}
