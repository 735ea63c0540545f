import { defineConfig } from 'vitest/config';

// The tests that need no other program. Those that need real mail servers: vitest.system.config.ts.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/*.test.ts'],
    setupFiles: ['test/fuzz-runs.ts', 'test/patience.ts'],
    isolate: false,
    // A machine may have other work: only what hangs takes so long.
    testTimeout: 60_000,
  },
});
