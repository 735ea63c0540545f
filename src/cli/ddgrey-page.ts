// What `ddgrey` says about itself: --help and ddgrey(1).
import { duration } from '../config/option-types.ts';
import type { ProgramPage } from '../lib/program-page.ts';
import { COMMANDS } from './commands.ts';

export const DDGREY_PAGE: ProgramPage = {
  name: 'ddgrey',
  section: 1,
  about: 'asks and tells a running ddgreyd',
  synopsis: '[-D DIR] [--config FILE] [--json] COMMAND [ARGUMENT...]',
  intro: [
    `It asks on the daemon's own socket (listen sync): run it as root or as the daemon's user. config, doctor and feed do
without a daemon, too.`,
  ],
  lists: [
    {
      title: 'Commands',
      width: 55,
      rows: COMMANDS.map((command) => [`${command.name} ${command.arguments}`, command.about]),
    },
    {
      title: 'Listing',
      width: 22,
      named: true,
      rows: [
        ['-w, --white', 'white clients'],
        ['-g, --grey', 'grey clients'],
        ['-b, --black', 'black clients'],
        ['-s, --scores', 'with their scores'],
        ['-e, --events', 'reports instead'],
        ['-c, --calc', 'compute the standings that are missing'],
        ['-r, --remove', 'remove standings; with -c, compute them anew'],
      ],
    },
    {
      title: 'Entries by hand',
      width: 22,
      named: true,
      rows: [
        ['DOMAIN', 'the clients whose verified name is in it; senders are exempted by the policy file'],
        ['DURATION', duration.allowed],
        ['local', 'peers are not told'],
        ['    --wide', "also of more than anybody's network or domain (0.0.0.0/0, co.uk)"],
      ],
    },
    {
      title: 'Options',
      width: 22,
      rows: [
        ['-D, --directory DIR', "the daemon's directory (default /var/lib/ddgrey); also --dir"],
        ['    --config FILE', 'its configuration (default DIR/ddgrey.conf; without -D /etc/ddgrey/ddgrey.conf)'],
        ['    --json', 'print JSON; of feed, a report a line; not for export'],
        ['-d, --debug', 'no effect; the original had it'],
        ['-h, --help', 'this text'],
        ['-V, --version', 'the version'],
      ],
    },
    {
      title: 'Environment',
      width: 22,
      named: true,
      rows: [['PAGER', 'what shows more than 10000 lines on a terminal (default less); empty or cat: nothing does']],
    },
  ],
  exit: `0 done, 1 failed (no daemon answers, a command or an entry was refused), 2 wrong arguments;
check: 0 white, 10 grey, 20 black.`,
  manual: [
    {
      title: 'Examples',
      example: [
        'ddgrey doctor',
        'ddgrey explain 203.0.113.7 alice@example.com bob@example.org',
        'ddgrey white mx.partner.example 30d "asked by Bob"',
        'ddgrey -b -s example.net',
        'ddgrey export | gzip >tuples.gz',
        'zcat tuples.gz | ddgrey import ze-filter -',
      ],
    },
  ],
  seeAlso: ['ddgreyd(8)', 'ddgrey.conf(5)', 'ddgrey-report(1)'],
};
