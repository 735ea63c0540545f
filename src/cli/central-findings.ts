// Whether the central server of client mode is there for us.
import type { Finding } from './doctor-finding.ts';

/** The first line that the server says to a connection from here, or why it says none. */
type Greeting = { readonly line: string } | { readonly problem: string };

const ALONE = 'this server decides alone';

/** The server as it was found. */
export interface CentralFacts {
  readonly address: string;
  readonly greeting: Greeting;
}

/** What is to be said about the server. */
export function centralFindings({ address, greeting }: CentralFacts): readonly Finding[] {
  const about = `central server ${address}`;
  const bad = (text: string, mend: string): readonly Finding[] => [
    { state: 'bad', about, text: `${text}; ${ALONE}`, mend },
  ];
  if ('problem' in greeting)
    return bad(`does not answer: ${greeting.problem}`, 'start it, with a line listen greyd; GREY_SOCKET names it here');
  const { line } = greeting;
  if (line.startsWith('200')) return [{ state: 'good', about, text: 'answers' }];
  if (/denied/i.test(line)) return bad(`says "${line}"`, 'a line GreydAccess in its policy file, for this machine');
  return bad(`says "${line}"`, 'GREY_SOCKET with the address of its listen greyd line');
}
