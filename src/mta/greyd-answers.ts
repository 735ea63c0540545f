// What the greyd protocol answers, to the byte as ze-filter's server does: clients look for `CODE COMMAND ANSWER`.
import type { Table, UploadResult } from '../policy/table.ts';

/** Said when a client has connected. */
export const BANNER = '200 OK - Waiting for commands !\r\n';
/** Said to a client that may do nothing, without a CR; then the connection is closed. */
export const DENIED = '500 Access denied\n';
/** Said when there are too many connections; then this one is closed. */
export const BUSY = "421 I'm too busy. Come back later\r\n";
/** Said after a line that is too long; then the connection is closed. */
export const TOO_LONG = '600 Line too long !\r\n';

export const HELP = `200-OK for help !\r
    GREYCHECK ip from to hostname\r
    GREYVALID ip from to hostname\r
    DOWNLOAD PENDING\r
    DOWNLOAD VALID\r
    UPDATE PENDING \r
    UPDATE VALID \r
    RECONFIGURE \r
    REOPENDB \r
    EXIT \r
    QUIT \r
    HELP \r
    SHUTDOWN \r
200 help done !\r
`;

const CODES = { OK: 200, WAIT: 400, REJECT: 500, ERROR: 700 } as const;

/** The answer to GREYCHECK or GREYVALID. */
export function said(command: 'GREYCHECK' | 'GREYVALID', word: keyof typeof CODES): string {
  return `${CODES[word]} ${command} ANSWER Grey server said... ${word} \r\n`;
}

/** The first and the last line of what is done with a table. */
export function tableLines(command: string, table: Table): { readonly first: string; readonly last: string } {
  return { first: `200-OK for ${command} ${table}!\r\n`, last: `200 ${command} done !\r\n` };
}

/** The answer to a command that was obeyed. */
export function done(command: string): string {
  return `200-OK for ${command} !\r\n200 ${command} done !\r\n`;
}

/** The answer to a command that could not be obeyed. */
export function failed(command: string): string {
  return `700 ${command} : ERROR !\r\n`;
}

/** The answer to REOPENDB; `well`: the policy file could be read. */
export function reopened(well: boolean): string {
  return `200-OK for reopendb !\r\n200 reopendb : POLICY     ${well ? 'OK' : 'ERROR'} !\r\n`;
}

/** The answer to QUIT and EXIT; then the connection is closed. */
export function leaving(command: string): string {
  return `200 OK for ${command} (EXIT)!\r\n`;
}

/** The answer to SHUTDOWN; then the connection is closed. */
export const STOPPING = '200-OK for shutdown !\r\n200 shutdown done (EXIT)!\r\n';

/** The answer to a command that takes more rights than the client has. */
export function notAllowed(command: string): string {
  return `600 ${command} : Not allowed !\r\n`;
}

/** The answer to UPLOAD, before the entries. */
export function sendEntries(table: Table): string {
  return `300 OK for upload ${table}! Send entries, then a line with a single dot\r\n`;
}

/** The answer at the end of an upload. */
export function uploaded({ lines, taken, expired, refused, problems, failure }: UploadResult): string {
  const code = failure === undefined && refused === 0 ? 200 : 700;
  const past = expired === 0 ? '' : `, ${expired} past the lifetime`;
  const told = [
    `taken ${taken} of ${lines}${past} !`,
    ...problems.map(([line, problem]) => `line ${line} : ${problem} !`),
  ];
  const last =
    failure !== undefined ? 'upload : ERROR !' : refused > 0 ? `upload : ${refused} refused !` : 'upload done !';
  return [...told.map((text) => `${code}-${text}`), `${code} ${last}`, ''].join('\r\n');
}
