// What the original ddgrey answered on its greylist socket, by the number of the recorded exchange: what was sent, and what
// came back since. `|` is the end of what the client sends (a half-close), and of what came back (the server closed).
// Every client is grey, but for the trusted network 192.0.2.0/24.

export interface RecordedExchange {
  readonly id: string;
  readonly steps: readonly (readonly [sent: string, answered: string])[];
}

const CHECK = 'check 203.0.113.10 a@example.com b@example.org\r\n';
const GREY = '200 grey\r\n';
const MISSING = '500 arguments missing\r\n';
const UNKNOWN = '500 unknown command\r\n';
const BAD_ADDRESS = '500 bad IP address format\r\n';
const PARSING = '500 syntax error ([error] parsing error on line 0)\r\n';

export const RECORDED: readonly RecordedExchange[] = [
  { id: 'g01', steps: [CHECK, CHECK].map((sent) => [sent, GREY]) },
  { id: 'g03', steps: [[CHECK.replace('\n', ''), GREY]] },
  {
    id: 'g05',
    steps: [
      ['check_quit 203.0.113.10 a@example.com b@example.org', '200 grey|'],
      ['|', ''],
    ],
  },
  {
    id: 'g07',
    steps: [
      ['che', UNKNOWN],
      ['ck 203.0.113.10 a@example.com b@example.org\r\n', UNKNOWN],
    ],
  },
  {
    id: 'g09',
    steps: [
      ['check 203.0.113.10 a@example.com b@exam', GREY],
      ['ple.org\r\n', UNKNOWN],
    ],
  },
  {
    id: 'g11',
    steps: [
      [CHECK, GREY],
      [
        `${CHECK}check 203.0.113.10 z@example.com b@example.org\r\nquit\r\n`,
        `${GREY}${GREY}250 closing connection\r\n|`,
      ],
    ],
  },
  { id: 'g12', steps: [[`check_quit 203.0.113.10 a@example.com b@example.org\r\n${CHECK}`, `${GREY}200 grey|`]] },
  {
    id: 'g14',
    steps: [
      ['check\r\n', MISSING],
      ['check 203.0.113.10\r\n', MISSING],
      ['check 203.0.113.10 a@example.com\r\n', MISSING],
      ['check_quit\r\n', MISSING],
      ['check_quit 203.0.113.10 a@example.com\r\n', MISSING],
    ],
  },
  {
    id: 'g16',
    steps: [
      ['foo\r\n', UNKNOWN],
      ['CHECK 203.0.113.10 a b\r\n', UNKNOWN],
      ['helo mx\r\n', UNKNOWN],
      ['list\r\n', UNKNOWN],
      ['check-quit\r\n', UNKNOWN],
      ['check_and_quit 203.0.113.10 a@example.com b@example.org\r\n', UNKNOWN],
    ],
  },
  {
    id: 'g18',
    steps: [
      'check foo',
      'check 1.2.3',
      'check 1.2.3.4.5',
      'check ::1',
      'check 2001:db8::1',
      'check ::ffff:1.2.3.4',
      'check [1.2.3.4]',
      'check 1.2.3.4/32',
      'check -1.2.3.4',
      'check 1.2.3.x',
      'check_quit foo',
    ].map((words) => [`${words} a b\r\n`, BAD_ADDRESS]),
  },
  { id: 'g20', steps: [['check ٢.٣.٤.٥ a b\r\n', GREY]] },
  {
    id: 'g22',
    steps: [
      ['check 203.0.113.10 "a\\"b@example.com" b@example.org\r\n', GREY],
      ["check 203.0.113.10 'it\\'s@example.com' b@example.org\r\n", GREY],
    ],
  },
  {
    id: 'g24',
    steps: [
      ['check 203.0.113.10 "" b@example.org\r\n', PARSING],
      ['check 203.0.113.10 a@example.com ""\r\n', GREY],
      ["check 203.0.113.10 '' ''\r\n", PARSING],
    ],
  },
  {
    id: 'g26',
    steps: [
      ['check 203.0.113.10 <> b@example.org\r\n', GREY],
      ['check 203.0.113.10  b@example.org\r\n', MISSING],
    ],
  },
  { id: 'g28', steps: [['quit\r\n', '250 closing connection\r\n|']] },
  { id: 'g30', steps: [['QUIT\r\n', UNKNOWN]] },
  { id: 'g32', steps: [['check 203.0.113.10 å@example.com ö@example.org\r\n', GREY]] },
  { id: 'g34', steps: [['check 203.0.113.10 b\0@example.com b@example.org\r\n', GREY]] },
  { id: 'g38', steps: [[`${CHECK}quit\r\n`, '250 closing connection\r\n|']] },
  {
    id: 'g42',
    steps: ['10.1.2.3', '192.168.1.1', '127.0.0.1', '172.16.0.1', '172.217.1.1', '169.254.1.1', '100.64.0.1'].map(
      (address) => [`check ${address} a b\r\n`, GREY],
    ),
  },
  { id: 'g44', steps: [['x'.repeat(1_000_000), UNKNOWN]] },
  { id: 'g46', steps: [['check 203.0.113.10 "a\r\nb" c\r\n', `${MISSING}${UNKNOWN}`]] },
  {
    id: 'g50',
    steps: [
      [CHECK, GREY],
      ['|', '|'],
    ],
  },
  { id: 'g52', steps: [['check_quit 192.0.2.1 a b\r\ncheck 192.0.2.1 a b\r\n', '200 white|']] },
];

/** Where we answer otherwise on purpose: why, and what all steps of the exchange get. */
export const KNOWN_DIFFERENCES: { readonly [id: string]: readonly [why: string, answered: readonly string[]] } = {
  g03: ['defect 16: a line ends with LF or with the input', ['']],
  g05: ['defect 16: Exim ends the line by ending its input', ['', '200 grey|']],
  g07: ['defect 16: a line may come in pieces', ['', GREY]],
  g09: ['defect 16: a line may come in pieces', ['', GREY]],
  g12: ['defect 19: answers come in order, and nothing comes after the one that closes', ['200 grey|']],
  g16: [
    'check_and_quit, of the documentation only there, works',
    [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 'grey|'],
  ],
  g18: [
    'defect 22: IPv6',
    [...Array(3).fill(BAD_ADDRESS), GREY, GREY, GREY, ...Array(5).fill(BAD_ADDRESS)] as readonly string[],
  ],
  g20: ['defect 21: digits are 0 to 9', [BAD_ADDRESS]],
  g38: ['defect 19: quit throws no answer away', [`${GREY}250 closing connection\r\n|`]],
  g44: ['defect 21: lines have a greatest length', ['500 line too long\r\n|']],
};

/** They take two clients, or one that goes (the original died of it, defect 1): test/dialogs/greylist/clients-gone.txt, order.txt. */
export const NOT_COMPARED: readonly string[] = ['g36', 'g40', 'g48', 'g53'];
