// Options of the two originals that have no counterpart here. Their files are read as they are, with a warning at each such
// line that says what to do instead.

const LOGGED = 'maintenance is logged with log_level 1';
const TOKENS = 'lines GreyCheckFrom: and GreyCheckTo: of the policy file say whose mail passes';

const FOREIGN: ReadonlyMap<string, string> = new Map(
  [
    ['GREY_LOG_FILE', LOGGED],
    ['LOG_GREY_CLEANING', LOGGED],
    ['GREYD_SOCKET_LISTEN', 'write listen greyd ADDRESS'],
    ['GREYD_LOG_FACILITY', 'the log goes to standard output, and log_format says how'],
    ['GREYD_LOG_LEVEL', 'write log_level, from 0 to 3'],
    ['GREYDDIR', 'write database FILE'],
    ['GREYD_PID_FILE', 'it is ddgreyd.pid in the directory given with -D'],
    ['GREYD_CLIENT_IDLE_MAX', 'clients that say nothing for long are cut off by themselves'],
    ['FROM_PASS_TOKEN', TOKENS],
    ['TO_PASS_TOKEN', TOKENS],
    ['server_write', 'it did nothing; the other server reads here with server_read, if accept_reader names it here'],
  ].map(([name = '', instead = '']) => [name.toLowerCase(), instead]),
);

/** What to do in place of an option that means nothing here; undefined if it is none of the originals'. */
export function insteadOf(name: string): string | undefined {
  return FOREIGN.get(name.toLowerCase());
}
