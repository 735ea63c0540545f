import { defineConfig } from 'vitest/config';

// What can go wrong on a real machine, one thing after the other. `-- --mode long` takes about an hour.
export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/chaos/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: mode === 'long' ? 3_600_000 : 180_000,
    provide: { long: mode === 'long' },
  },
}));
