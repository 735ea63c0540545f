// Whether the certificates that the configuration names can be used, for --check-config: without it, the daemon says so
// at its start.
import { resolve } from 'node:path';
import { problemsAt, type SetLines } from './config/conflict.ts';
import type { Problem } from './config/option-lines.ts';
import type { Config } from './config/options.ts';
import { causeOf } from './lib/error-cause.ts';
import { isFingerprint } from './lib/fingerprint.ts';
import { unreadable } from './lib/read-problem.ts';
import { tlsOf } from './start-peers.ts';

/** What keeps the certificates from being used. That a file is not there, or can't be read, is for checkMachine to say. */
export function checkCertificates(config: Config, set: SetLines, directory: string): readonly Problem[] {
  const { peer_certificate: certificate, peer_key: key, peer_ca: trusted } = config;
  const files = [certificate, key, ...trusted.filter((text) => !isFingerprint(text))];
  if (files.some((file) => unreadable(resolve(directory, file)) !== undefined)) return [];
  try {
    tlsOf(config, directory);
    return [];
  } catch (error) {
    const options = ['peer_tls', 'peer_ca', 'peer_certificate', 'peer_key'] as const;
    return problemsAt([{ options, message: causeOf(error) }], set);
  }
}
