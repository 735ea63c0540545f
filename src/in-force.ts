// What is in force now: the configuration, the policy file, and the settings that follow from both.
import { writtenValues } from './config/config-values.ts';
import { usualPort } from './config/listeners.ts';
import type { Config } from './config/options.ts';
import { fixedBy, withoutRestart } from './config/takes-restart.ts';
import type { CheckSettings } from './engine/answer-check.ts';
import type { MaintenanceSettings } from './engine/maintain.ts';
import type { GoesBy } from './peers/sync-protocol.ts';
import type { Address } from './policy/address.ts';
import { emptyPolicy, type Policy } from './policy/rules.ts';
import { checkSettings, maintenanceSettings } from './settings.ts';

export class InForce {
  readonly #isTrusted: (client: Address) => boolean;
  readonly #started: Config;
  readonly #port: number;
  #config: Config;
  #policy: Policy = emptyPolicy();
  /** Made once for all checks, until something changes. */
  #check: CheckSettings | undefined;

  constructor(config: Config, isTrusted: (client: Address) => boolean) {
    this.#started = config;
    this.#port = usualPort(config);
    this.#config = config;
    this.#isTrusted = isTrusted;
  }

  get config(): Config {
    return this.#config;
  }

  /** What the command line is told of it. */
  get goesBy(): Omit<GoesBy, 'policyProblem'> {
    return { options: writtenValues(this.#config), fixed: fixedBy(this.#started), port: this.#port };
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

  /** Takes over a configuration, but for options that take a restart: half of the parts would go by their new values. */
  configure(read: Config): void {
    this.#config = withoutRestart(this.#started, read);
    this.#check = undefined;
  }

  /** Puts another policy file in force, from the next check on. */
  takePolicy(policy: Policy): void {
    this.#policy = policy;
    this.#check = undefined;
  }
}
