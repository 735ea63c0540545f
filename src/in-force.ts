// What is in force now: the configuration, the policy file, and the settings that follow from both.
import { valuesInForce } from './config/describe-config.ts';
import type { Config } from './config/options.ts';
import type { CheckSettings } from './engine/answer-check.ts';
import type { MaintenanceSettings } from './engine/maintain.ts';
import type { Address } from './policy/address.ts';
import { emptyPolicy, type Policy } from './policy/rules.ts';
import { checkSettings, maintenanceSettings } from './settings.ts';

export class InForce {
  readonly #isTrusted: (client: Address) => boolean;
  readonly #started: Config;
  #config: Config;
  #policy: Policy = emptyPolicy();
  /** Made once for all checks until something changes. */
  #check: CheckSettings | undefined;

  constructor(config: Config, isTrusted: (client: Address) => boolean) {
    this.#started = config;
    this.#config = config;
    this.#isTrusted = isTrusted;
  }

  get config(): Config {
    return this.#config;
  }

  /** As a configuration file would have them. */
  get options(): { readonly [name: string]: string } {
    return valuesInForce(this.#started, this.#config);
  }

  get policy(): Policy {
    return this.#policy;
  }

  get check(): CheckSettings {
    this.#check ??= checkSettings(this.#config, this.#policy, this.#isTrusted);
    return this.#check;
  }

  get maintenance(): MaintenanceSettings {
    return maintenanceSettings(this.#config, this.#policy);
  }

  configure(config: Config): void {
    this.#config = config;
    this.#check = undefined;
  }

  takePolicy(policy: Policy): void {
    this.#policy = policy;
    this.#check = undefined;
  }
}
