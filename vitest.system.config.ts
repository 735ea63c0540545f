import { defineConfig } from 'vitest/config';

// Real mail servers, real processes: one file after the other, since they share the machine's mail programs.
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
