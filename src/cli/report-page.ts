// What ddgrey-report says about itself: --help and ddgrey-report(1).
import type { ProgramPage } from '../lib/program-page.ts';

export const REPORT_PAGE: ProgramPage = {
  name: 'ddgrey-report',
  section: 1,
  about: 'reports a mail as spam to a running ddgreyd',
  synopsis: '[-D DIR] [-c FILE] < MAIL',
  intro: [
    `The mail has the spam attached (message/rfc822, also in a feedback report), or is the spam, redirected. The first host
in its Received lines that is neither ours nor in \`trusted\` is reported. With \`report_verify yes\` only mail that was
seen to be accepted here counts.`,
    `Users send their spam to an address that the mail server delivers to this program; in /etc/aliases, where it allows it:
  spam: "|/opt/ddgrey/bin/ddgrey-report"
It asks at the daemon's own socket, so let the mail server run it as the daemon's user: docs/protocols/exim.md and
docs/protocols/postfix.md say how. Otherwise open a socket for a group, in a directory that everybody may enter, and
make the daemon a member of that group (SupplementaryGroups=mail in the systemd unit):
  listen sync unix:/run/ddgrey/ddgrey.socket mode=0660 group=mail
Mind that whoever is in this group can then do all that ddgrey(1) can.`,
  ],
  lists: [
    {
      title: 'Options',
      width: 22,
      rows: [
        ['-D, --directory DIR', "the daemon's directory (default /var/lib/ddgrey); also --dir"],
        ['-c, --config FILE', 'its configuration (default DIR/ddgrey.conf; without -D /etc/ddgrey/ddgrey.conf)'],
        ['-d, --debug', 'no effect; the original had it'],
        ['-h, --help', 'this text'],
        ['-V, --version', 'the version'],
      ],
    },
  ],
  exit: '0 reported, 64 wrong arguments, 65 no usable mail, 75 no daemon answers, or it cannot keep\nthe report now (the mail server tries again), 77 refused, 78 a mistake in the configuration.',
  manual: [
    {
      title: 'Examples',
      rows: [
        [
          'ddgrey-report <report.eml',
          'report.eml is a mail with the spam attached as message/rfc822, or the spam with the Resent- header lines of whoever redirected it. The spam alone, as a mail program saves it, is not taken (65): attach it to a mail.',
        ],
      ],
    },
  ],
  seeAlso: ['ddgreyd(8)', 'ddgrey(1)', 'ddgrey.conf(5)'],
};
