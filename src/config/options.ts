// Every option. The parser, conf/ddgrey.conf, docs/options.md and `ddgrey config` come from this table; its parts are in
// the *-options.ts files.
import { CLIENT_MODE_OPTIONS, type ClientModeConfig } from './client-mode-options.ts';
import { DELAY_OPTIONS, type DelayConfig } from './delay-options.ts';
import { GENERAL_OPTIONS, type GeneralConfig } from './general-options.ts';
import { GREYLISTING_OPTIONS, type GreylistingConfig } from './greylisting-options.ts';
import { LISTENER_OPTIONS, type ListenerConfig } from './listener-options.ts';
import { MILTER_OPTIONS, type MilterConfig } from './milter-options.ts';
import { MTA_OPTIONS, type MtaConfig } from './mta-options.ts';
import { NETWORK_OPTIONS, type NetworkConfig } from './network-options.ts';
import type { Option, OptionTable } from './option.ts';
import { REPUTATION_OPTIONS, type ReputationConfig } from './reputation-options.ts';

/** What is in force: a value for every option. Durations are in seconds. */
export interface Config
  extends GeneralConfig,
    ListenerConfig,
    DelayConfig,
    GreylistingConfig,
    ReputationConfig,
    MtaConfig,
    MilterConfig,
    NetworkConfig,
    ClientModeConfig {}

export type OptionName = keyof Config;

export const OPTIONS: OptionTable<Config> = {
  ...GENERAL_OPTIONS,
  ...LISTENER_OPTIONS,
  ...DELAY_OPTIONS,
  ...GREYLISTING_OPTIONS,
  ...REPUTATION_OPTIONS,
  ...MTA_OPTIONS,
  ...MILTER_OPTIONS,
  ...NETWORK_OPTIONS,
  ...CLIENT_MODE_OPTIONS,
};

export interface Section {
  readonly title: string;
  readonly options: Partial<OptionTable<Config>>;
}

/** In the order in which files and pages have them. */
export const SECTIONS: readonly Section[] = [
  { title: 'The daemon itself', options: GENERAL_OPTIONS },
  { title: 'Where it listens', options: LISTENER_OPTIONS },
  { title: 'Greylisting: how long senders wait', options: DELAY_OPTIONS },
  { title: 'Greylisting: who, and what is remembered', options: GREYLISTING_OPTIONS },
  { title: 'Reputation', options: REPUTATION_OPTIONS },
  { title: 'What the mail server and spam traps tell', options: MTA_OPTIONS },
  { title: 'Milter', options: MILTER_OPTIONS },
  { title: 'Exchanging reports with other servers', options: NETWORK_OPTIONS },
  { title: 'Asking a central server (client mode)', options: CLIENT_MODE_OPTIONS },
];

/** In the table's order. */
export const OPTION_NAMES: readonly OptionName[] = Object.keys(OPTIONS) as OptionName[];

/** An option of which only the form matters. */
export function anyOption(name: OptionName): Option<unknown> {
  return OPTIONS[name] as unknown as Option<unknown>;
}
