// How the original ddgrey was recorded over time: what it answered, what it stored, and what became of the standing. A line
// is a step:
//
//   AT ask HOST SENDER RECIPIENT: ANSWER                     a check of 203.0.113.HOST
//   AT report EVENT [TIME]                                   a report of 203.0.113.10, from then or from now
//   AT standing: CLASS SCORE (REASONS) COMPUTED-EXPIRES      of 203.0.113.10
//   AT reports: EVENTS                                       what is stored; first attempts of checks are not
//   AT config OPTION VALUE                                   the option is changed
//   AT unlisted                                              from now on no list has any of the clients
//
// Times are seconds after the start. Numbers in the reasons for differences: defects of the original that we do not copy.

export interface RecordedCase {
  /** Why we do otherwise. */
  readonly why?: string;
  /** Options besides the defaults. */
  readonly config?: string;
  /** What lists say. */
  readonly listed?: { readonly [name: string]: readonly string[] };
  readonly steps: string;
}

interface RecordedCases {
  readonly [id: string]: RecordedCase;
}

export const SAME: RecordedCases = {
  t01: {
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      60 ask 10 a@example.com b@example.org: grey
      14399 ask 10 a@example.com b@example.org: grey
      14400 ask 10 a@example.com b@example.org: white
      14401 ask 10 a@example.com b@example.org: white
      432000 ask 10 a@example.com b@example.org: white
      432000 reports: -
    `,
  },
  t03: {
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      14401 ask 12 a@example.com b@example.org: grey
    `,
  },
  t13: {
    listed: { '10.113.0.203.list.dnswl.org': ['127.0.5.3'] },
    steps: `
      0 ask 10 a@example.com b@example.org: white
      0 standing: white 50 (DNSWL medium or high) 0-604800
      0 reports: -
    `,
  },
  t19: {
    config: 'soft_trap old@example.org',
    steps: `
      0 ask 10 a@example.com old@example.org: grey
      0 standing: grey_max -50 (soft trap) 0-604800
      1 ask 10 a@example.com old@example.org: grey
      1 standing: grey_max -50 (soft trap) 1-604801
      2 ask 10 c@example.com old@example.org: grey
      2 standing: grey_max -100 (soft traps) 2-604802
      3 ask 10 d@example.com old@example.org: grey
      3 standing: black -150 (soft traps) 3-604803
      3 reports: soft_trap soft_trap soft_trap soft_trap
    `,
  },
  t23: {
    config: 'hard_trap trap@example.org, trusted 203.0.113.0/24',
    steps: `
      0 ask 10 a@example.com trap@example.org: white
      0 reports: -
    `,
  },
  t37: {
    steps: `
      0 report hard_trap -10
      0 standing: -
      0 reports: hard_trap
    `,
  },
  t43: {
    config: 'grey_default 0',
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      0 ask 10 a@example.com b@example.org: white
      0 standing: grey_default 0 (basic) 0-604800
    `,
  },
};

/** Where we do otherwise, and why; the steps are as they are here. */
export const DIFFERENCES: RecordedCases = {
  t05: {
    why: 'local parts compare without case, as domains do',
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      14401 ask 10 z@example.com b@example.org: grey
      14401 ask 10 a@example.com z@example.org: grey
      14401 ask 10 A@example.com b@example.org: white
      14401 ask 10 a@example.com B@EXAMPLE.ORG: white
      14401 ask 10 a@EXAMPLE.com b@example.org: white
      14401 ask 10 a@example.com b@example.org: white
    `,
  },
  t07: {
    why: 'retry counts from the first attempt, so a delay must fit in',
    config: 'retry 5h, grey_long 4h, grey_max 4h',
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      18001 ask 10 a@example.com b@example.org: grey
    `,
  },
  t09: {
    why: 'step 11 of docs/flow.md: retry counts from the first attempt',
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      5198400 ask 10 a@example.com b@example.org: grey
    `,
  },
  t11: {
    why: 'step 8 of docs/flow.md: what has passed stays known; a stricter standing delays what is new',
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      14401 ask 10 a@example.com b@example.org: white
      14401 report soft_trap
      14401 standing: grey_max -50 (soft trap) 14401-619201
      14401 ask 10 a@example.com b@example.org: white
      86399 ask 10 a@example.com b@example.org: white
      86400 ask 10 a@example.com b@example.org: white
      86400 ask 10 c@example.com b@example.org: grey
    `,
  },
  t15: {
    why: '24: grey first, black from the reveal on, which is kept when the standing is made anew',
    steps: `
      0 report hard_trap -10
      0 ask 10 a@example.com b@example.org: grey
      86399 ask 10 a@example.com b@example.org: grey
      86400 ask 10 a@example.com b@example.org: black
      604799 standing: black -500 (hard trap) 0-604800
      604800 ask 10 a@example.com b@example.org: black
      604800 standing: black -500 (hard trap) 604800-1209600
    `,
  },
  t17: {
    why: '24: grey first, black from the reveal on',
    config: 'hard_trap trap@example.org',
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      0 ask 10 a@example.com trap@example.org: grey
      0 standing: black -500 (hard trap) 0-604800
      0 ask 10 a@example.com b@example.org: grey
      0 reports: hard_trap
      86400 ask 10 a@example.com b@example.org: black
    `,
  },
  t21: {
    why: 'addresses are parsed once and compare without case',
    config: 'hard_trap trap@example.org',
    steps: `
      0 ask 10 a@example.com TRAP@example.org: grey
      0 ask 10 a@example.com <trap@example.org>: grey
      0 ask 10 a@example.com trap@Example.org: grey
      0 standing: black -500 (hard trap) 0-604800
      0 reports: hard_trap hard_trap hard_trap
    `,
  },
  t25: {
    why: '24; a blacklisting lasts from the newest bad report, so the standing is made anew, with its reveal',
    config: 'hard_trap trap@example.org',
    steps: `
      0 report hard_trap -10
      0 ask 10 a@example.com b@example.org: grey
      50 ask 10 a@example.com trap@example.org: grey
      50 reports: hard_trap hard_trap
      50 standing: black -500 (hard trap) 50-604850
    `,
  },
  t27: {
    why: 'feeds/watch-traps.ts reads the files, and keeps the traps of one that is gone (44)',
    config: 'soft_trap a@example.org',
    steps: `
      0 ask 10 a@example.com a@example.org: grey
      0 config soft_trap b@example.org
      106 ask 10 a@example.com b@example.org: grey
      106 ask 10 z@example.com a@example.org: grey
      200 ask 12 a@example.com b@example.org: grey
      200 reports: soft_trap soft_trap soft_trap
    `,
  },
  t29: {
    why: 'feeds/watch-traps.ts reads the files, also one that changed within the second (44)',
    config: 'soft_trap a@example.org',
    steps: `
      0 ask 10 a@example.com a@example.org: grey
      0 config soft_trap b@example.org
      120 ask 10 a@example.com b@example.org: grey
      120 reports: soft_trap soft_trap
    `,
  },
  t31: {
    why: 'a standing that has ended is not used any more',
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      604799 standing: grey_default 0 (basic) 0-604800
      604800 standing: -
      604800 ask 10 a@example.com b@example.org: white
      604800 standing: grey_default 0 (basic) 604800-1209600
    `,
  },
  t33: {
    why: 'good mail counts from a day on, so the standing ends then',
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      100 report ok
      100 standing: grey_default 0 (basic) 0-86500
    `,
  },
  t35: {
    why: '24; a blacklisting lasts from the newest bad report, so every one counts',
    steps: `
      0 report hard_trap -10
      0 ask 10 a@example.com b@example.org: grey
      100 report spam
      100 standing: black -520 (hard trap, spam) 100-604900
    `,
  },
  t39: {
    why: '27: an early talker loses points',
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      100 report smtp_no_wait
      100 standing: grey_long -20 (early talker) 100-604900
      200 report whatever
      200 standing: grey_long -20 (early talker) 200-605000
    `,
  },
  t41: {
    why: 'answers are kept as long as their TTL says, here 300 s; 27: an early talker loses points',
    listed: { '10.113.0.203.bl.spamcop.net': ['127.0.0.2'] },
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      0 standing: grey_max -80 (Spamcop) 0-604800
      0 unlisted
      299 report smtp_no_wait
      299 standing: grey_max -100 (Spamcop, early talker) 299-605099
      300 report smtp_no_wait
      300 standing: grey_long -20 (early talker) 300-605100
    `,
  },
  t45: {
    why: 'step 10 of docs/flow.md: an entry keeps its first time; a clock that went back only makes an attempt early',
    steps: `
      3600 ask 10 a@example.com b@example.org: grey
      0 ask 10 a@example.com b@example.org: grey
      17999 ask 10 a@example.com b@example.org: grey
      18000 ask 10 a@example.com b@example.org: white
    `,
  },
  t47: {
    why: 'step 8 of docs/flow.md: what has passed is known from all clients of the domain',
    listed: { '11.113.0.203.list.dnswl.org': ['127.0.5.1'] },
    steps: `
      0 ask 10 a@example.com b@example.org: grey
      200 ask 11 a@example.com b@example.org: white
      200 ask 10 a@example.com b@example.org: white
    `,
  },
};

/** Every scenario that was recorded. */
export const RECORDED =
  't01 t03 t05 t07 t09 t11 t13 t15 t17 t19 t21 t23 t25 t27 t29 t31 t33 t35 t37 t39 t41 t43 t45 t47';
