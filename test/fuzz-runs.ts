// How often a property is tried that does not say so itself: many times in a usual run, far more in `npm run test:fuzz`.
import fc from 'fast-check';

fc.configureGlobal({ numRuns: Number(process.env['FUZZ_RUNS'] ?? 5000) });
