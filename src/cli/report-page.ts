// What ddgrey-report says about itself: --help and ddgrey-report(1).
import type { ProgramPage } from '../lib/program-page.ts';

export const REPORT_PAGE: ProgramPage = {
  name: 'ddgrey-report',
  section: 1,
  about: 'reports a mail as spam to a running ddgreyd',
  synopsis: '[-D DIR] [-c FILE] < MAIL',
  intro: [
    `The mail has the spam attached (message/rfc822, also in a feedback report), or is the spam, redirected. The first host in its
Received lines that is neither ours nor in \`trusted\` is reported. With \`report_verify yes\` only mail that was seen to be
accepted here counts.`,
    `In /etc/aliases, for users who send their spam to spam@...:
  spam: "|/opt/ddgrey/bin/ddgrey-report"
Whoever the mail server runs this as needs the right to write to the daemon's ddgrey.socket:
  listen sync unix:ddgrey.socket mode=0660 group=mail`,
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
  exit: '0 reported, 64 wrong arguments, 65 no usable mail, 75 no daemon answers (the mail server tries again), 77 refused.',
  manual: [{ title: 'Examples', example: ['ddgrey-report <spam.eml'] }],
  seeAlso: ['ddgreyd(8)', 'ddgrey(1)', 'ddgrey.conf(5)'],
};
