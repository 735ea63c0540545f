// Writes what is made from the option table: conf/ddgrey.conf and docs/options.md. A test checks that they are current.
import { writeFileSync } from 'node:fs';
import { optionsPage, recommendedConfig } from '../src/config/describe-config.ts';

writeFileSync(new URL('../conf/ddgrey.conf', import.meta.url), recommendedConfig());
writeFileSync(new URL('../docs/options.md', import.meta.url), optionsPage());
