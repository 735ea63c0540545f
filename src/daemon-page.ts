// What ddgreyd says about itself: --help and ddgreyd(8).
import type { ProgramPage } from './lib/program-page.ts';

export const DAEMON_PAGE: ProgramPage = {
  name: 'ddgreyd',
  section: 8,
  about: 'greylisting and sender-reputation daemon for mail servers',
  synopsis: '[-D DIR] [-c FILE] [-d]... [--check-config]',
  lists: [
    {
      title: 'Options',
      width: 22,
      rows: [
        [
          '-D, --directory DIR',
          'configuration, sockets, database and pid file are in DIR (default /var/lib/ddgrey); also --dir',
        ],
        ['-c, --config FILE', 'the configuration (default DIR/ddgrey.conf; without -D /etc/ddgrey/ddgrey.conf)'],
        ['-d, --debug', 'log more; once more for each level (log_level)'],
        [
          '    --check-config',
          'report every error in the configuration and in what it names: files, certificates, users, groups, sockets; exit',
        ],
        ['-h, --help', 'this text'],
        ['-V, --version', 'the version'],
      ],
    },
  ],
  text: 'It stays in the foreground and logs to standard output. SIGHUP reads configuration and policy again; SIGTERM\nand SIGINT end it.',
  exit: '0 ended by a signal, or --check-config found no errors, 1 failed (the message says why), 2 wrong arguments.',
  manual: [
    {
      title: 'Files',
      rows: [
        ['/etc/ddgrey/ddgrey.conf', 'the configuration, ddgrey.conf(5)'],
        [
          'DIR/ddgrey.db',
          'all that is remembered: a SQLite database; while the daemon runs, the files DIR/ddgrey.db-* belong to it; DIR/ddgrey.db.lock and DIR/ddgreyd.lock are empty, and stay',
        ],
        ['DIR/greylist.socket', 'where Exim and others ask, unless a line listen greylist says otherwise'],
        [
          'DIR/ddgrey.socket',
          "ddgrey(1)'s and ddgrey-report(1)'s way to the daemon, unless a line listen sync says otherwise",
        ],
        ['DIR/ddgreyd.pid', 'the process id; a second daemon on the same directory or database is refused'],
      ],
    },
    {
      title: 'Signals',
      rows: [
        [
          'SIGHUP',
          'reads the configuration and the policy file again; mistakes, and what takes a restart, are named in the log. If it comes because the terminal is closed in which the daemon was started in the foreground, the daemon ends',
        ],
        ['SIGTERM, SIGINT', 'answers the checks in hand and ends'],
      ],
    },
    {
      title: 'Examples',
      example: ['ddgreyd -D /var/lib/ddgrey -c /etc/ddgrey/ddgrey.conf', 'ddgreyd --check-config -c new.conf'],
    },
  ],
  seeAlso: ['ddgrey(1)', 'ddgrey.conf(5)', 'ddgrey-report(1)'],
};
