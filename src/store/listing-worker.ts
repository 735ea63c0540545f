// The worker that reads what may be long, over a connection of its own that cannot write.
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { clientListings } from './client-listings.ts';
import { takeSteps } from './listing-steps.ts';
import { tupleListings } from './tuple-listings.ts';
import { serveCalls } from './worker-calls.ts';

const db = new DatabaseSync(String(workerData), { readOnly: true, timeout: 1000 });

serveCalls(takeSteps({ ...tupleListings(db), ...clientListings(db) }));
