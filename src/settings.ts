// From the configuration's words to what each part needs to know.
import type { Config } from './config/options.ts';
import type { CheckSettings } from './engine/answer-check.ts';
import type { MaintenanceSettings } from './engine/maintain.ts';
import type { ReplyTemplate } from './policy/reply.ts';

/** What can change while the daemon runs. */
export interface Settings {
  readonly check: CheckSettings;
  readonly maintenance: MaintenanceSettings;
  readonly reply: ReplyTemplate;
}

/** The settings that follow from a configuration. */
export function settingsOf(config: Config): Settings {
  const nullSenderDelay = Math.max(config.grey_default, config.GREY_MIN_DELAY_NULLSENDER);
  return {
    check: {
      deadline: config.answer_deadline,
      onFailure: config.on_failure,
      rules: {
        greylisting: config.GREY_CHECK,
        trusted: config.trusted,
        parts: {
          client: config.GREY_IP_COMPONENT,
          sender: config.GREY_FROM_COMPONENT,
          recipient: config.GREY_TO_COMPONENT,
        },
        normal: { delay: config.grey_default, retry: config.retry },
        nullSender: { delay: nullSenderDelay, retry: config.GREY_MAX_DELAY_NULLSENDER },
        validLifetime: config.GREY_VALIDLIST_LIFETIME,
        pendingLimit: { normal: config.GREY_PENDING_NORMAL, nullSender: config.GREY_PENDING_NULLSENDER },
      },
    },
    maintenance: {
      interval: config.GREY_CLEANUP_INTERVAL,
      lifetimes: {
        pending: config.retry,
        pendingNullSender: config.GREY_MAX_DELAY_NULLSENDER,
        valid: config.GREY_VALIDLIST_LIFETIME,
      },
    },
    reply: config.GREY_REPLY,
  };
}
