// The verbs that carry whole tables (pending, valid, white) as ze-filter's DOWNLOAD has them, a line an entry:
//   export TABLE   a document of its lines
//   import TABLE   301 go ahead; then lines up to a single dot; a document: how many there were, and which were refused
import type { Seconds } from '../policy/check.ts';
import { type Table, TABLES, type Upload } from '../policy/table.ts';
import { item } from './local-arguments.ts';
import { type Body, linesDocument, type Verb, type Verbs } from './sync-verb.ts';

export interface TableParts {
  /** The lines of the entries with `lastSeen > after`, with their ends, many in a piece. */
  readonly exportLines: (table: Table, after: Seconds) => AsyncIterable<string>;
  readonly startImport: (table: Table) => Upload;
}

export const TABLE_COMMANDS: Verbs<TableParts> = new Map<string, Verb<TableParts>>([
  ['export', ({ exportLines }, [table]) => linesDocument(exportLines(needTable(table), 0))],
  ['import', ({ startImport }, [table]) => importBody(startImport(needTable(table)))],
]);

function importBody(taking: Upload): Body {
  return { take: (line) => taking.take(line), end: async () => item(await taking.end()), records: true };
}

function needTable(text: string | undefined): Table {
  const table = TABLES.find((name) => name === text);
  if (table === undefined) throw new Error(`which table? ${TABLES.join(', ')}`);
  return table;
}
