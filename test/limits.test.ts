// The pages state the limits of a connection as they are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, LONGEST_RECORD } from '../src/lib/line-protocol.ts';
import { LONGEST_FIELD } from '../src/policy/report.ts';

const { line, connections, idle, pipelined, unread } = DEFAULT_LIMITS;
const RECORD = LONGEST_RECORD.toLocaleString('en');

test.for<[page: string, stated: string]>([
  ['security', `${line} characters a line (an entry that is uploaded or imported: ${RECORD})`],
  ['security', `${connections} connections a socket, ${idle} seconds of silence`],
  ['security', `More than ${pipelined} lines at a time, or those of a client that leaves ${unread / 1024} KiB`],
  ['protocols/greylist', `more than ${line} characters; the connection is closed`],
  ['protocols/greylist', `A connection may be idle for ${idle / 60} minutes`],
  ['protocols/greyd', `at most ${line} characters (the entries of an UPLOAD ${RECORD})`],
  ['protocols/greyd', `A connection may be idle for ${idle / 60} minutes`],
  ['protocols/sync', `fields of more than ${LONGEST_FIELD} characters`],
  ['protocols/milter', `cause="more than ${connections} connections"`],
])('docs/%s.md: %s', ([page, stated]) => {
  const text = readFileSync(join(import.meta.dirname, `../docs/${page}.md`), 'utf8');
  expect(text.replaceAll('\n', ' ')).toContain(stated);
});
