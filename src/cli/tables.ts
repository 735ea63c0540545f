// ddgrey export [TABLE...] and ddgrey import ze-filter FILE: the memory as ze-filter's greyd downloads it. A table begins with
//   200-OK for download pending!   (or valid, white)
// then come its entries, a line each; other lines that begin with a code are the server's talk and mean nothing.
import { createInterface } from 'node:readline';
import { LONGEST_RECORD } from '../lib/line-protocol.ts';
import { UsageError } from '../lib/usage-error.ts';
import { type Table, TABLES, type UploadResult } from '../policy/table.ts';
import { askDaemon, askForLines, itemOf } from './ask-daemon.ts';
import type { Command, Invocation } from './command.ts';
import { openInput } from './open-input.ts';

/** Lines that are sent at once, and about how many characters. */
const BATCH = 5000;
const BATCH_CHARACTERS = 1_048_576;
/** Characters of a line; a dot at its start is sent twice. */
const LONGEST = LONGEST_RECORD - 1;
const TOO_LONG = `too long, more than ${LONGEST} characters`;
/** Problems that are shown; if there are more, the file is not what it seems. */
const MOST_PROBLEMS = 10;

const HEADING = /^200-OK for download (pending|valid|white)!/i;
/** What a line with `;` says is an entry, though the name of its client may look like a code: 123-reg.example. */
const TALK = /^(?:\d{3}[ -][^;]*|\.?)$/;

export const exportCommand: Command = {
  name: 'export',
  arguments: '[pending] [valid] [white]',
  about: 'all attempts and passes as text that import takes',
  least: 0,
  most: 3,
  ownForm: true,
  run: async (invocation) => {
    const { words } = invocation;
    return { text: exported(invocation, words.length === 0 ? TABLES : words.map(tableOf)), exact: true, exitCode: 0 };
  },
};

async function* exported({ location, screen }: Invocation, tables: readonly Table[]): AsyncGenerator<string> {
  let count = 0;
  for (const table of tables) {
    // Written once the daemon answers: a file with nothing but the heading would look like an empty table.
    let heading = `200-OK for download ${table}!\n`;
    for await (const lines of askForLines(location, `export ${table}`)) {
      count += lines.length;
      screen.progress(entries(count));
      yield `${heading}${lines.map((line) => `${line}\n`).join('')}`;
      heading = '';
    }
    yield '200 download done !\n';
  }
  screen.progress('');
}

export const importCommand: Command = {
  name: 'import',
  arguments: 'ze-filter FILE [pending|valid|white]',
  about:
    "take over what DOWNLOAD or export wrote; the table where the file doesn't say; newer entries stay, and first attempts are taken together",
  least: 2,
  most: 3,
  run: async (invocation) => {
    const [form, file = '', table] = invocation.words;
    if (form !== 'ze-filter') throw new UsageError(`${form}: the form that is known is ze-filter`);
    const done = await importFile(invocation, file, table === undefined ? undefined : tableOf(table));
    const text = invocation.json ? `${JSON.stringify(done)}\n` : describe(done);
    return { text, exitCode: done.refused > 0 ? 1 : 0 };
  },
};

function tableOf(word: string): Table {
  const table = TABLES.find((name) => name === word.toLowerCase());
  if (table === undefined) throw new UsageError(`there is no table ${word}; ${TABLES.join(', ')}`);
  return table;
}

/** Some lines of one table. */
interface Batch {
  readonly lines: string[];
  /** The number of each line in the file. */
  readonly numbers: number[];
  /** The numbers of lines that are too long to be entries. */
  readonly tooLong: number[];
  characters: number;
}

async function importFile(
  { location, screen }: Invocation,
  file: string,
  table: Table | undefined,
): Promise<UploadResult> {
  const { input, size } = await openInput(file);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const total = { lines: 0, taken: 0, refused: 0, expired: 0, problems: [] as [number, string][] };
  for await (const [into, batch] of batches(lines, table)) {
    const answer = await askDaemon(location, `import ${into}`, batch.lines);
    const { taken, refused, expired, problems, failure } = itemOf<UploadResult>(answer);
    if (failure !== undefined) throw new Error(`after ${total.lines} lines: ${failure}`);
    total.lines += sizeOf(batch);
    total.taken += taken;
    total.refused += refused + batch.tooLong.length;
    total.expired += expired;
    const wrong = problems.map(([at, problem]): [number, string] => [batch.numbers[at - 1] ?? 0, problem]);
    const long = batch.tooLong.map((number): [number, string] => [number, TOO_LONG]);
    total.problems.push(...[...wrong, ...long].toSorted(([one], [other]) => one - other));
    const read = 'bytesRead' in input && size > 0 ? ` (${Math.floor((100 * input.bytesRead) / size)} %)` : '';
    screen.progress(`${entries(total.lines)}${read}`);
  }
  screen.progress('');
  return total;
}

async function* batches(lines: AsyncIterable<string>, first: Table | undefined): AsyncGenerator<[Table, Batch]> {
  let table = first;
  let batch = emptyBatch();
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const heading = HEADING.exec(line)?.[1];
    if (sizeOf(batch) >= BATCH || batch.characters >= BATCH_CHARACTERS || heading !== undefined) {
      if (table !== undefined && sizeOf(batch) > 0) yield [table, batch];
      batch = emptyBatch();
    }
    if (heading !== undefined) table = tableOf(heading);
    if (TALK.test(line)) continue;
    if (table === undefined)
      throw new UsageError(`line ${number} is before any "200-OK for download TABLE!"; say which table it is of`);
    addLine(batch, number, line);
  }
  if (table !== undefined && sizeOf(batch) > 0) yield [table, batch];
}

function emptyBatch(): Batch {
  return { lines: [], numbers: [], tooLong: [], characters: 0 };
}

function sizeOf({ lines, tooLong }: Batch): number {
  return lines.length + tooLong.length;
}

function addLine(batch: Batch, number: number, line: string): void {
  if (line.length > LONGEST) {
    batch.tooLong.push(number);
    return;
  }
  batch.lines.push(line);
  batch.numbers.push(number);
  batch.characters += line.length;
}

function describe({ lines, taken, refused, expired, problems }: UploadResult): string {
  const shown = problems.slice(0, MOST_PROBLEMS).map(([line, problem]) => `line ${line}: ${problem}\n`);
  const kept = lines - taken - refused - expired;
  const old = expired === 0 ? '' : `, ${expired} past their lifetime`;
  return `${entries(lines)}: ${taken} taken, ${kept} known already${old}, ${refused} refused\n${shown.join('')}`;
}

function entries(count: number): string {
  return `${count} ${count === 1 ? 'entry' : 'entries'}`;
}
