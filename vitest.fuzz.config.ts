import { defineConfig } from 'vitest/config';

// The parsers of what comes from outside, each property twenty times as often as in `npm test`. fast-check prints the
// seed of a failure: it goes into the parser's table as a plain case. FUZZ_RUNS=N says how often instead.
export default defineConfig({
  test: {
    include: [
      'src/config/read-config.test.ts',
      'src/feeds/line-blocks.test.ts',
      'src/feeds/spamtraps.test.ts',
      'src/feeds/received.test.ts',
      'src/feeds/reported-mail.test.ts',
      'src/feeds/exim-line.test.ts',
      'src/feeds/mime-parts.test.ts',
      'src/peers/report-stream.test.ts',
      'src/peers/sync-protocol.test.ts',
      'src/peers/report-text.test.ts',
      'src/dns/domain-name.test.ts',
      'src/dns/dns-message.test.ts',
      'src/dns/lists.test.ts',
      'src/mta/greyd-commands.test.ts',
      'src/mta/greyd-records.test.ts',
      'src/mta/milter-packets.test.ts',
      'src/mta/milter-replies.test.ts',
      'src/mta/milter-session.test.ts',
      'src/mta/postfix-policy.test.ts',
      'src/mta/greylist-socket.test.ts',
      'src/lib/line-reader.test.ts',
      'src/lib/words.test.ts',
      'src/lib/socket-address.test.ts',
      'src/policy/address.test.ts',
      'src/policy/address-prefix.test.ts',
      'src/policy/check.test.ts',
      'src/policy/rules.test.ts',
      'src/policy/shared-entry.test.ts',
      'src/policy/subject.test.ts',
    ],
    setupFiles: ['test/fuzz-runs.ts'],
    isolate: false,
    testTimeout: 3_600_000,
  },
});
