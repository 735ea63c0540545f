// How ze-filter's greyd was recorded: which scenarios there are, and the form of a step. A line is a step:
//
//   AT check RECIPIENTS [ip=] [from=] [name=]: ANSWER    GREYCHECK, one for each recipient; ok or wait
//   AT valid RECIPIENTS [ip=] [from=] [name=]            GREYVALID
//   AT config OPTION VALUE                               the option is changed
//   AT maintain                                          a round of maintenance
//   AT reopen                                            the daemon is stopped and started
//   AT tables: P ENTRIES | V ENTRIES | W ENTRIES         the pending, valid and white tables
//
// AT: seconds after the start. An entry: recipients, first and last time, uses, and what is not as usual. Differences are
// named after the defects of the original that we do not copy (D1 to D26), with what is so here.

export interface RecordedCase {
  /** Why we do otherwise. */
  readonly why?: string;
  /** Options besides the defaults of greyd. */
  readonly config?: string;
  /** The policy file, unless it greylists everybody. */
  readonly policy?: string;
  readonly steps: string;
}

export interface RecordedCases {
  readonly [id: string]: RecordedCase;
}

/** What has no steps that could be taken here, and where it is looked after. */
export const NOT_A_STEP: { readonly [id: string]: string } = {
  'sched-default': 'a round comes GREY_CLEANUP_INTERVAL after the end of the one before: lib/repeat.test.ts',
  'sched-below-minute': 'an interval of 1 s and more is taken as it is (config/greylisting-options.ts)',
  'sched-sub-env-10m': 'one interval, and no environment variables',
  'delay-max-below-min': 'D21: such a configuration is refused',
  'mismatch-penalty-vs-max': 'D21: such a configuration is refused',
};

/** Every scenario that was recorded. */
export const RECORDED = `
  life-basic life-too-late life-refresh life-net-tuple null-late-edge null-seed-config null-postmaster-sender
  null-from-none-2 mismatch-min-1m mismatch-min-7m mismatch-min-15m mismatch-penalty-vs-max mismatch-good-second
  mismatch-host-br-10_1_2_3 mismatch-host-- mismatch-host-example_com mismatch-host-mail_example_com_
  mismatch-host-mail_example_net mismatch-host-com compat-check-off valid-removes-pending valid-null
  valid-no-policy policy-empty-db maxpend-null maxpend-other-ip maxpend-interleaved-2 maxpend-ip-none
  maxpend-zero-default maxpend-reconf-zero delay-one-minute delay-max-below-min delay-units delay-t-option
  valid-postmaster-bracket persist-restart unknown-option reconf-delay reconf-drop-delay equiv-one-step
  equiv-chain-b equiv-chain-d sched-default sched-below-minute sched-sub-env-10m exp-pending-edge exp-valid-edge-2
  exp-valid-nullsender dw-valid-1w dw-valid-11h-floor6h dw-valid-13h dw-pending-20h dw-default-flag dw-flag-All
  dw-flag-list dw-env white-promote-5 white-age-edge-2 white-count-sum white-mismatch white-mixed-ip
  white-young-mixed white-two-domains white-refresh white-expiry white-local-part-dots white-user-from
  white-from-none white-ip-full white-sender-no-domain white-brackets semicolon-pending oversize-key-stops-dump
  white-pool dw-threshold-in-server
`;
