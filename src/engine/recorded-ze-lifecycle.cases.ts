// Recorded of ze-filter's greyd: answers and tables over time, bounces, GREYVALID, limits. How a step reads:
// recorded-ze.cases.ts.
import type { RecordedCases } from './recorded-ze.cases.ts';

export const LIFECYCLE: RecordedCases = {
  'life-basic': {
    steps: `
      0 check bob: wait
      0 tables: P bob 0-0 x1 | V - | W -
      1 check bob: wait
      300 check bob: wait
      599 check bob: wait
      599 tables: P bob 0-0 x1 | V - | W -
      600 check bob: ok
      600 tables: P - | V bob 600-600 x1 | W -
      601 check bob: ok
      601 tables: P - | V bob 600-600 x1 | W -
    `,
  },
  'life-too-late': {
    steps: `
      0 check bob: wait
      259200 check bob: wait
      259200 tables: P bob 259200-259200 x1 | V - | W -
      259799 check bob: wait
      259800 check bob: ok
      259800 tables: P - | V bob 259800-259800 x1 | W -
    `,
  },
  'life-refresh': {
    steps: `
      0 check bob: wait
      600 check bob: ok
      600 tables: V bob 600-600 x1
      22200 check bob: ok
      22200 tables: V bob 600-600 x1
      22201 check bob: ok
      22201 tables: V bob 600-22201 x2
      22202 check bob: ok
      22202 tables: V bob 600-22201 x2
      43802 check bob: ok
      43802 tables: V bob 600-43802 x3
      43803 check bob: ok
      43803 tables: V bob 600-43802 x3
    `,
  },
  'life-net-tuple': {
    steps: `
      0 check bob: wait
      600 check BOB ip=10.1.2.99 from=ann@example.com name=mail2.example.com: ok
      600 tables: P - | V bob 600-600 x1 | W -
      601 check bob ip=10.1.2.200 from=x@example.com name=h.example.com: ok
      602 check bob ip=10.1.3.3 from=x@example.com name=h.example.com: wait
      602 tables: P bob 602-602 x1 part=10.1.3.0/24 ip=10.1.3.3 from=x@example.com name=h.example.com | V bob 600-600 x1 | W -
    `,
  },
  'null-late-edge': {
    steps: `
      0 check bob from=<>: wait
      21599 check bob from=<>: ok
      21599 tables: P - | V - | W -
    `,
  },
  'null-seed-config': {
    config: 'GREY_MIN_DELAY_NULLSENDER 25m, GREY_MAX_DELAY_NULLSENDER 24h',
    steps: `
      0 check bob from=<>: wait
      1499 check bob from=<>: wait
      1500 check bob from=<>: ok
      1500 tables: P - | V - | W -
      2000 check bob from=<>: wait
      88400 check bob from=<>: wait
      88400 tables: P bob 88400-88400 x1 sender=<> from=<> | V - | W -
    `,
  },
  'null-from-none-2': {
    config: 'GREY_FROM_COMPONENT NONE, GREY_MIN_DELAY_NULLSENDER 25m',
    steps: `
      0 check bob: wait
      600 check bob from=<>: wait
      600 tables: P bob 0-0 x1 sender=none | V - | W -
      1500 check bob from=<>: ok
      1500 tables: P - | V - | W -
      1501 check bob: wait
      1501 tables: P bob 1501-1501 x1 sender=none | V - | W -
    `,
  },
  'mismatch-min-1m': {
    config: 'GREY_MIN_DELAY_NORMAL 1m',
    steps: `
      0 check bob name=mx.other.net: wait
      899 check bob name=mx.other.net: wait
      900 check bob name=mx.other.net: ok
      900 tables: V bob 900-900 x1 name=mx.other.net
    `,
  },
  'mismatch-min-7m': {
    config: 'GREY_MIN_DELAY_NORMAL 7m',
    steps: `
      0 check bob name=mx.other.net: wait
      899 check bob name=mx.other.net: wait
      900 check bob name=mx.other.net: ok
      900 tables: V bob 900-900 x1 name=mx.other.net
    `,
  },
  'mismatch-min-15m': {
    config: 'GREY_MIN_DELAY_NORMAL 15m',
    steps: `
      0 check bob name=mx.other.net: wait
      1799 check bob name=mx.other.net: wait
      1800 check bob name=mx.other.net: ok
      1800 tables: V bob 1800-1800 x1 name=mx.other.net
    `,
  },
  'mismatch-good-second': {
    steps: `
      0 check bob name=mx.other.net: wait
      600 check bob: ok
      600 tables: P - | V bob 600-600 x1 name=mx.other.net | W -
    `,
  },
  'mismatch-host-br-10_1_2_3': {
    steps: `
      0 check bob name=[10.1.2.3]: wait
      600 check bob name=[10.1.2.3]: wait
      1200 check bob name=[10.1.2.3]: ok
    `,
  },
  'mismatch-host--': {
    steps: `
      0 check bob name=-: wait
      600 check bob name=-: wait
      1200 check bob name=-: ok
    `,
  },
  'mismatch-host-example_com': {
    steps: `
      0 check bob name=example.com: wait
      600 check bob name=example.com: ok
      1200 check bob name=example.com: ok
    `,
  },
  'mismatch-host-mail_example_com_': {
    steps: `
      0 check bob name=mail.example.com.: wait
      600 check bob name=mail.example.com.: ok
      1200 check bob name=mail.example.com.: ok
    `,
  },
  'mismatch-host-mail_example_net': {
    steps: `
      0 check bob name=mail.example.net: wait
      600 check bob name=mail.example.net: ok
      1200 check bob name=mail.example.net: ok
    `,
  },
  'mismatch-host-com': {
    steps: `
      0 check bob name=com: wait
      600 check bob name=com: wait
      1200 check bob name=com: ok
    `,
  },
  'valid-removes-pending': {
    steps: `
      0 check bob: wait
      0 tables: P bob 0-0 x1
      10 valid bob
      10 tables: P - | V bob 10-10 x1 | W -
      10 check bob: ok
    `,
  },
  'valid-no-policy': {
    policy: 'GreyCheckConnect:default NO-QUICK',
    steps: `
      0 valid bob
      0 tables: V bob 0-0 x1
    `,
  },
  'maxpend-null': {
    config: 'GREY_MAX_PENDING_NULLSENDER 2, GREY_MAX_PENDING_NORMAL 5',
    steps: `
      0 check u1,u2: wait
      0 check v1 from=<>: wait
      0 tables: P u1,u2 0-0 x1
      0 check u3: wait
      0 tables: P u1,u2,u3 0-0 x1
    `,
  },
  'delay-one-minute': {
    config: 'GREY_MIN_DELAY_NORMAL 1m',
    steps: `
      0 check bob: wait
      59 check bob: wait
      60 check bob: ok
    `,
  },
  'delay-units': {
    config: 'GREY_MIN_DELAY_NORMAL 1h',
    steps: `
      0 check bob: wait
      3599 check bob: wait
      3600 check bob: ok
    `,
  },
  'persist-restart': {
    steps: `
      0 check bob: wait
      0 valid v
      0 reopen
      0 tables: P bob 0-0 x1 | V v 0-0 x1 | W -
      600 check bob: ok
      600 tables: P - | V bob 600-600 x1; v 0-0 x1 | W -
    `,
  },
  'reconf-delay': {
    steps: `
      0 check bob: wait
      0 config GREY_MIN_DELAY_NORMAL 5m
      299 check bob: wait
      300 check bob: ok
    `,
  },
  'reconf-drop-delay': {
    config: 'GREY_MIN_DELAY_NORMAL 20m',
    steps: `
      0 check bob: wait
      0 config GREY_MIN_DELAY_NORMAL 10m
      599 check bob: wait
      600 check bob: ok
    `,
  },
  'equiv-one-step': {
    policy: 'GreyCheckConnect:default YES\nGreyEquivDomain:arcelor.com usinor.com',
    steps: `
      0 check bob from=joe@arcelor.com name=mx.usinor.com: wait
      600 check bob from=joe@arcelor.com name=mx.usinor.com: ok
    `,
  },
  'equiv-chain-b': {
    policy:
      'GreyCheckConnect:default YES\nGreyEquivDomain:a.com b.com\nGreyEquivDomain:b.com c.com\nGreyEquivDomain:c.com d.com',
    steps: `
      0 check bob from=joe@a.com name=mx.b.com: wait
      600 check bob from=joe@a.com name=mx.b.com: ok
      1200 check bob from=joe@a.com name=mx.b.com: ok
    `,
  },
  'equiv-chain-d': {
    policy:
      'GreyCheckConnect:default YES\nGreyEquivDomain:a.com b.com\nGreyEquivDomain:b.com c.com\nGreyEquivDomain:c.com d.com',
    steps: `
      0 check bob from=joe@a.com name=mx.d.com: wait
      600 check bob from=joe@a.com name=mx.d.com: wait
      1200 check bob from=joe@a.com name=mx.d.com: ok
    `,
  },
};

/** Where we do otherwise, and why; the steps are as they are here. */
export const LIFECYCLE_DIFFERENCES: RecordedCases = {
  'null-postmaster-sender': {
    why: 'D24: postmaster and mailer-daemon are senders like others',
    steps: `
      0 check bob from=postmaster@example.com: wait
      600 check bob from=postmaster@example.com: ok
      600 tables: P - | V bob 600-600 x1 from=postmaster@example.com | W -
      601 check bob from=mailer-daemon@example.net: wait
      601 tables: P bob 601-601 x1 sender=example.net from=mailer-daemon@example.net | V bob 600-600 x1 from=postmaster@example.com | W -
    `,
  },
  'compat-check-off': {
    why: 'D8: nothing dies',
    config: 'GREY_COMPAT_DOMAIN_CHECK NO',
    steps: `
      0 check bob name=mx.other.net: wait
      600 check bob name=mx.other.net: ok
    `,
  },
  'valid-null': {
    why: 'D24, D5: postmaster is a sender like others; a real bounce leaves nothing',
    steps: `
      0 check bob from=<>: wait
      10 valid bob from=<>
      10 tables: P bob 0-0 x1 sender=<> from=<> | V - | W -
      10 valid bob from=postmaster@example.com
      10 tables: V bob 10-10 x1 from=postmaster@example.com
    `,
  },
  'policy-empty-db': {
    why: 'D20: without a policy file everybody is greylisted',
    policy: '',
    steps: `
      0 check bob: wait
      0 tables: P bob 0-0 x1 | V - | W -
    `,
  },
  'maxpend-other-ip': {
    why: 'D4: the limit holds, whoever else is in the network',
    config: 'GREY_MAX_PENDING_NORMAL 3',
    steps: `
      0 check u1,u2,u3: wait
      0 check u4,u5,u6 ip=10.1.2.4: wait
      0 tables: P u1,u2,u3 0-0 x1; u4,u5,u6 0-0 x1 ip=10.1.2.4
      0 check u7: wait
      0 check u8 ip=10.1.2.4: wait
      0 tables: P u1,u2,u3 0-0 x1; u4,u5,u6 0-0 x1 ip=10.1.2.4
    `,
  },
  'maxpend-interleaved-2': {
    why: 'D4: the limit holds, whoever else is in the network',
    config: 'GREY_MAX_PENDING_NORMAL 3',
    steps: `
      0 check u1: wait
      0 check u2 ip=10.1.2.4: wait
      0 check u3,u4,u5,u6: wait
      0 tables: P u1,u3,u4 0-0 x1; u2 0-0 x1 ip=10.1.2.4
    `,
  },
  'maxpend-ip-none': {
    why: 'D1, D4: without the client in the tuple all clients share it, the sender stays in it, and the limit holds',
    config: 'GREY_MAX_PENDING_NORMAL 3, GREY_IP_COMPONENT NONE',
    steps: `
      0 check u1 ip=10.0.0.9: wait
      0 check u1,u2,u3,u4,u5: wait
      0 tables: P u1 0-0 x1 part=none ip=10.0.0.9; u2,u3,u4 0-0 x1 part=none
    `,
  },
  'maxpend-zero-default': {
    why: 'D23: 0 is no limit',
    config: 'GREY_MAX_PENDING_NORMAL 0',
    steps: `
      0 check u1..u1003: wait
      0 tables: P# 1003 entries
    `,
  },
  'maxpend-reconf-zero': {
    why: 'D23: 0 is no limit, and counts at once',
    config: 'GREY_MAX_PENDING_NORMAL 2',
    steps: `
      0 check u1,u2,u3: wait
      0 tables: P u1,u2 0-0 x1
      0 config GREY_MAX_PENDING_NORMAL 0
      0 check u4: wait
      0 tables: P u1,u2,u4 0-0 x1
    `,
  },
  'delay-t-option': {
    why: 'a bounce waits at least GREY_MIN_DELAY_NULLSENDER, and no less than other mail',
    config: 'GREY_MIN_DELAY_NORMAL 5m, GREY_MAX_DELAY_NORMAL 1h, GREY_MIN_DELAY_NULLSENDER 2m',
    steps: `
      0 check bob: wait
      0 check bob from=<>: wait
      119 check bob from=<>: wait
      120 check bob from=<>: wait
      121 check bob from=<>: wait
      299 check bob: wait
      300 check bob: ok
      2000 check bob from=<>: ok
      2000 tables: P - | V bob 300-300 x1 | W -
      21721 check bob from=<>: wait
      21721 tables: P bob 21721-21721 x1 sender=<> from=<> | V bob 300-300 x1 | W -
    `,
  },
  'valid-postmaster-bracket': {
    why: 'D5, D24: no bounce gets into the valid table',
    steps: `
      0 valid bob from=postmaster@example.com
      0 tables: V bob 0-0 x1 from=postmaster@example.com
      1 check bob from=<>: wait
      1 check bob ip=10.1.2.9 from=mailer-daemon@other.net name=x.other.net: wait
    `,
  },
  'unknown-option': {
    why: 'these are the names, and they count',
    config: 'GREY_PENDING_NORMAL 1, GREY_PENDING_NULLSENDER 1',
    steps: `
      0 check u1,u2,u3: wait
      0 tables: P u1 0-0 x1
    `,
  },
};
