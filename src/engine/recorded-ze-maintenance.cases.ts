// Recorded of ze-filter's greyd: lifetimes, senders that do not fit, promotion. How a step reads: recorded-ze.cases.ts.
import type { RecordedCases } from './recorded-ze.cases.ts';

export const MAINTENANCE: RecordedCases = {
  'exp-pending-edge': {
    steps: `
      0 check bob: wait
      0 check bob from=<>: wait
      21601 maintain
      21601 tables: P bob 0-0 x1
      259201 maintain
      259201 tables: P -
    `,
  },
  'exp-valid-edge-2': {
    steps: `
      0 valid bob
      604801 maintain
      604801 tables: P - | V - | W -
      604801 check bob: wait
    `,
  },
  'dw-valid-1w': {
    config: 'GREY_DEWHITE_FLAGS DomainMatch',
    steps: `
      0 valid bob name=mx.other.net
      0 valid bob ip=10.9.9.9
      302400 maintain
      302400 tables: V bob 0-0 x1 name=mx.other.net; bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
      303000 maintain
      303000 tables: V bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
    `,
  },
  'dw-valid-11h-floor6h': {
    config: 'GREY_VALIDLIST_LIFETIME 11h, GREY_DEWHITE_FLAGS DomainMatch',
    steps: `
      0 valid bob name=mx.other.net
      0 valid bob ip=10.9.9.9
      21600 maintain
      21600 tables: V bob 0-0 x1 name=mx.other.net; bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
      22200 maintain
      22200 tables: V bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
    `,
  },
  'dw-valid-13h': {
    config: 'GREY_VALIDLIST_LIFETIME 13h, GREY_DEWHITE_FLAGS DomainMatch',
    steps: `
      0 valid bob name=mx.other.net
      0 valid bob ip=10.9.9.9
      23400 maintain
      23400 tables: V bob 0-0 x1 name=mx.other.net; bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
      24000 maintain
      24000 tables: V bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
    `,
  },
  'dw-pending-20h': {
    config: 'GREY_MAX_DELAY_NORMAL 20h, GREY_DEWHITE_FLAGS DomainMatch',
    steps: `
      0 check bob name=mx.other.net: wait
      0 check bob ip=10.9.9.9: wait
      36000 maintain
      36000 tables: P bob 0-0 x1 name=mx.other.net; bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
      36600 maintain
      36600 tables: P bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
    `,
  },
  'dw-flag-All': {
    config: 'GREY_DEWHITE_FLAGS All',
    steps: `
      0 valid bob name=mx.other.net
      0 valid bob ip=10.9.9.9
      302400 maintain
      302400 tables: V bob 0-0 x1 name=mx.other.net; bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
      303000 maintain
      303000 tables: V bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
    `,
  },
  'dw-flag-list': {
    config: 'GREY_DEWHITE_FLAGS BadMX,DomainMatch|SpamTrap',
    steps: `
      0 valid bob name=mx.other.net
      0 valid bob ip=10.9.9.9
      302400 maintain
      302400 tables: V bob 0-0 x1 name=mx.other.net; bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
      303000 maintain
      303000 tables: V bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
    `,
  },
  'white-age-edge-2': {
    steps: `
      0 valid u1,u2,u3,u4,u5
      259199 maintain
      259199 tables: W -
    `,
  },
  'white-count-sum': {
    steps: `
      0 valid u1
      21601 check u1: ok
      43202 check u1: ok
      64803 check u1: ok
      86404 check u1: ok
      86404 tables: V u1 0-86404 x5
      259200 maintain
      259200 tables: P - | V u1 0-86404 x5 | W 10.1.2.3 example.com 259200-259200 x5
    `,
  },
  'white-mismatch': {
    steps: `
      0 valid u1,u2,u3,u4,u5,u6,u7 name=mx.other.net
      259200 maintain
      259200 tables: P - | V u1,u2,u3,u4,u5,u6,u7 0-0 x1 name=mx.other.net | W -
    `,
  },
  'white-mixed-ip': {
    steps: `
      0 valid u1,u2,u3
      0 valid u4,u5,u6 ip=10.1.2.4
      259200 maintain
      259200 tables: P - | V u1,u2,u3 0-0 x1; u4,u5,u6 0-0 x1 ip=10.1.2.4 | W -
    `,
  },
  'white-two-domains': {
    steps: `
      0 valid u1,u2,u3,u4,u5
      0 valid u1,u2,u3,u4,u5 from=ann@example.net
      259200 maintain
      259200 tables: P - | V u1,u2,u3,u4,u5 0-0 x1; u1,u2,u3,u4,u5 0-0 x1 sender=example.net from=ann@example.net | W 10.1.2.3 example.com 259200-259200 x5; 10.1.2.3 example.net 259200-259200 x5
    `,
  },
  'white-refresh': {
    steps: `
      0 valid u1,u2,u3,u4,u5
      259200 maintain
      259200 tables: W 10.1.2.3 example.com 259200-259200 x5
      280800 check u1: ok
      280800 tables: W 10.1.2.3 example.com 259200-259200 x5
      280801 check u99: ok
      280801 tables: W 10.1.2.3 example.com 259200-280801 x6
      280801 valid bob
      280801 tables: W 10.1.2.3 example.com 259200-280801 x6
      302403 valid u1
      302403 tables: W 10.1.2.3 example.com 259200-302403 x7
    `,
  },
  'white-expiry': {
    steps: `
      0 valid u1,u2,u3,u4,u5
      259200 maintain
      259800 maintain
      259800 tables: W 10.1.2.3 example.com 259200-259200 x5
      1468800 maintain
      1468800 tables: W 10.1.2.3 example.com 259200-259200 x5
      1469400 maintain
      1469400 tables: W -
      1469400 check u1: wait
    `,
  },
  'white-local-part-dots': {
    steps: `
      0 valid u1,u2,u3,u4,u5
      259200 maintain
      259200 check u201 from=a.b.c@example.com: ok
      259200 check u202 from=x@evil.net.example.com: ok
      259200 check u203 from=example.com@evil.net: wait
      259200 check u204 from=a.example.com@evil.net: wait
      259200 tables: P u203 259200-259200 x1 sender=evil.net from=example.com@evil.net; u204 259200-259200 x1 sender=evil.net from=a.example.com@evil.net
    `,
  },
  'white-ip-full': {
    config: 'GREY_IP_COMPONENT FULL',
    steps: `
      0 valid u1,u2,u3,u4,u5
      259200 maintain
      259200 tables: P - | V u1,u2,u3,u4,u5 0-0 x1 part=10.1.2.3 | W 10.1.2.3 example.com 259200-259200 x5
      259200 check u99: ok
      259200 check u99 ip=10.1.2.4: wait
    `,
  },
  'white-sender-no-domain': {
    steps: `
      0 valid u1,u2,u3,u4,u5 from=joe
      259200 maintain
      259200 tables: P - | V u1,u2,u3,u4,u5 0-0 x1 sender=joe from=joe | W -
    `,
  },
  'dw-threshold-in-server': {
    config: 'GREY_DEWHITE_FLAGS All',
    steps: `
      0 valid bob
      600 maintain
      600 tables: V bob 0-0 x1
    `,
  },
};

/** Where we do otherwise, and why; the steps are as they are here. */
export const MAINTENANCE_DIFFERENCES: RecordedCases = {
  'exp-valid-nullsender': {
    why: 'D5, D24: an entry of postmaster is one like others',
    steps: `
      0 valid bob from=postmaster@example.com
      0 tables: V bob 0-0 x1 from=postmaster@example.com
      43200 maintain
      43200 tables: V bob 0-0 x1 from=postmaster@example.com
      43800 maintain
      43800 tables: V bob 0-0 x1 from=postmaster@example.com
    `,
  },
  'dw-default-flag': {
    why: 'D11: the default is DomainMatch, and means it',
    config: 'GREY_DEWHITE_FLAGS DomainMatch',
    steps: `
      0 valid bob name=mx.other.net
      0 valid bob ip=10.9.9.9
      302400 maintain
      302400 tables: V bob 0-0 x1 name=mx.other.net; bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
      303000 maintain
      303000 tables: V bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
    `,
  },
  'dw-env': {
    why: 'only the configuration counts, not the environment',
    config: 'GREY_DEWHITE_FLAGS None',
    steps: `
      0 valid bob name=mx.other.net
      0 valid bob ip=10.9.9.9
      302400 maintain
      302400 tables: V bob 0-0 x1 name=mx.other.net; bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
      303000 maintain
      303000 tables: V bob 0-0 x1 name=mx.other.net; bob 0-0 x1 part=10.9.9.0/24 ip=10.9.9.9
    `,
  },
  'white-promote-5': {
    why: 'D19: the tuples stay, others in the network may be using them',
    steps: `
      0 valid u1,u2,u3,u4,u5
      600 maintain
      600 tables: P - | V u1,u2,u3,u4,u5 0-0 x1 | W -
      259199 maintain
      259199 tables: W -
      259799 maintain
      259799 tables: P - | V u1,u2,u3,u4,u5 0-0 x1 | W 10.1.2.3 example.com 259799-259799 x5
      260399 maintain
      260399 tables: P - | V u1,u2,u3,u4,u5 0-0 x1 | W 10.1.2.3 example.com 259799-259799 x5
      260399 check u77: ok
      260399 check u78 ip=10.1.2.4: wait
      260399 check u79 from=ann@sub.example.com: ok
      260399 check u80 from=a.b@example.com: ok
      260399 check u81 name=mx.other.net: ok
      260399 tables: P u78 260399-260399 x1 ip=10.1.2.4 | W 10.1.2.3 example.com 259799-259799 x5
    `,
  },
  'white-young-mixed': {
    why: 'D19: the tuples stay, others in the network may be using them',
    steps: `
      0 valid u1,u2,u3,u4,u5
      86400 valid u6,u7,u8
      259200 maintain
      259200 tables: P - | V u1,u2,u3,u4,u5 0-0 x1; u6,u7,u8 86400-86400 x1 | W 10.1.2.3 example.com 259200-259200 x5
      259800 maintain
      259800 tables: P - | V u1,u2,u3,u4,u5 0-0 x1; u6,u7,u8 86400-86400 x1 | W 10.1.2.3 example.com 259200-259200 x5
      345600 maintain
      345600 tables: P - | V u1,u2,u3,u4,u5 0-0 x1; u6,u7,u8 86400-86400 x1 | W 10.1.2.3 example.com 259200-259200 x5
    `,
  },
  'white-user-from': {
    why: 'what counts is the client and the domain of the sender, whatever is in the tuple',
    config: 'GREY_FROM_COMPONENT USER',
    steps: `
      0 valid u1 from=u1@example.com
      0 valid u1 from=u2@example.com
      0 valid u1 from=u3@example.com
      0 valid u1 from=u4@example.com
      0 valid u1 from=u5@example.com
      259200 maintain
      259200 tables: P - | V u1 0-0 x1 sender=u1 from=u1@example.com; u1 0-0 x1 sender=u2 from=u2@example.com; u1 0-0 x1 sender=u3 from=u3@example.com; u1 0-0 x1 sender=u4 from=u4@example.com; u1 0-0 x1 sender=u5 from=u5@example.com | W 10.1.2.3 example.com 259200-259200 x5
    `,
  },
  'white-from-none': {
    why: 'what counts is the client and the domain of the sender, whatever is in the tuple',
    config: 'GREY_FROM_COMPONENT NONE',
    steps: `
      0 valid u1,u2,u3,u4,u5
      259200 maintain
      259200 tables: P - | V u1,u2,u3,u4,u5 0-0 x1 sender=none | W 10.1.2.3 example.com 259200-259200 x5
    `,
  },
  'white-brackets': {
    why: 'D13: no character shifts the fields',
    steps: `
      0 valid u1,u2,u3,u4,u5 from=jo;e@example.com
      0 tables: V u1,u2,u3,u4,u5 0-0 x1 from=jo;e@example.com
      259200 maintain
      259200 tables: P - | V u1,u2,u3,u4,u5 0-0 x1 from=jo;e@example.com | W 10.1.2.3 example.com 259200-259200 x5
    `,
  },
  'semicolon-pending': {
    why: 'D13: no character shifts the fields',
    steps: `
      0 check bob name=ma;il.example.com: wait
      0 tables: P bob 0-0 x1 name=ma;il.example.com
      1200 check bob: ok
      1200 tables: P - | V bob 1200-1200 x1 name=ma;il.example.com | W -
    `,
  },
  'oversize-key-stops-dump': {
    why: 'D13: nothing is left out of a listing',
    steps: `
      0 check a,${'m'.repeat(400)}mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm,z: wait
      0 check z ip=10.1.3.3: wait
      0 tables: P a,${'m'.repeat(400)}mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm,z 0-0 x1; z 0-0 x1 part=10.1.3.0/24 ip=10.1.3.3
      259201 maintain
      259201 tables: P -
    `,
  },
  'white-pool': {
    why: 'D19: the neighbour keeps what it had',
    steps: `
      0 valid u1,u2,u3,u4,u5
      10 check u1 ip=10.1.2.4: ok
      259200 maintain
      259200 tables: W 10.1.2.3 example.com 259200-259200 x5
      259201 check u1 ip=10.1.2.4: ok
      259800 maintain
      259800 tables: P - | V u1 0-259201 x2; u2,u3,u4,u5 0-0 x1 | W 10.1.2.3 example.com 259200-259200 x5
      259801 check u1 ip=10.1.2.4: ok
      259801 check u1: ok
    `,
  },
};
