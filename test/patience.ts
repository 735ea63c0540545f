// What a test waits for comes late where other work goes on: vi.waitFor waits ten seconds instead of one before it gives up.
import { vi } from 'vitest';

const { waitFor } = vi;

function waitForPatiently(...[callback, options = 10_000]: Parameters<typeof waitFor>): Promise<unknown> {
  return waitFor(callback, options);
}

// This runs before each file, and all of them share one `vi`.
if (waitFor.name !== waitForPatiently.name) vi.waitFor = waitForPatiently as typeof waitFor;
