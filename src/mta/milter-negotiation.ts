// What we ask of an MTA when it connects: as few steps and actions as will do, and no waiting for answers that say nothing.
// The bits are SMFIF_* and SMFIP_* of sendmail's include/libmilter/mfapi.h and mfdef.h.
import type { Offer, Step } from './milter-packets.ts';
import type { Agreement } from './milter-replies.ts';

/** What a filter may do to a message. */
export const ACTIONS = { addHeaders: 0x01, changeHeaders: 0x10, setMacros: 0x100 } as const;

/** What the MTA shall not send (no...), not wait for (mute...), or send besides. */
export const STEPS = {
  noBody: 0x10,
  noHeaders: 0x20,
  noEoh: 0x40,
  muteHeaders: 0x80,
  noUnknown: 0x100,
  noData: 0x200,
  refusedRecipients: 0x800,
  muteConnect: 0x1000,
  muteHelo: 0x2000,
  muteMail: 0x4000,
  muteData: 0x10000,
} as const;

/** The numbers of the steps for which macros can be asked (SMFIM_*). */
const STAGES = { connect: 0, helo: 1, mail: 2, rcpt: 3, data: 4, eom: 5 } as const;

/** What a filter needs besides connect, helo, mail, rcpt and the end of the message. */
export interface Needs {
  readonly data: boolean;
  readonly headers: boolean;
  /** Whether it adds, changes or removes headers. */
  readonly changesHeaders: boolean;
  /** Whether it wants to hear of recipients that the MTA itself refuses. */
  readonly refusedRecipients: boolean;
  /** At most 5 names a step: older Sendmails take no more (smfi_setsymlist). */
  readonly macros: { readonly [S in keyof typeof STAGES]?: readonly string[] };
}

/** The newest version that we speak, and the oldest. */
const NEWEST = 6;
const OLDEST = 2;

/** What we agree to; undefined if the MTA is too old. Nothing is asked for that was not offered: MTAs hang up on that. */
export function negotiate(offer: Offer, needs: Needs): Agreement | undefined {
  if (offer.version < OLDEST) return undefined;
  const actions = offer.actions & wantedActions(needs);
  const macros = Object.entries(STAGES).flatMap(([step, stage]) => {
    const names = needs.macros[step as keyof typeof STAGES] ?? [];
    return names.length > 0 ? [[stage, names] as const] : [];
  });
  return {
    version: Math.min(offer.version, NEWEST),
    actions,
    steps: offer.steps & wantedSteps(needs),
    macros: (actions & ACTIONS.setMacros) === 0 ? [] : macros,
  };
}

function wantedActions({ changesHeaders }: Needs): number {
  return ACTIONS.setMacros | (changesHeaders ? ACTIONS.addHeaders | ACTIONS.changeHeaders : 0);
}

function wantedSteps({ data, headers, refusedRecipients }: Needs): number {
  const always = STEPS.noBody | STEPS.noEoh | STEPS.noUnknown | STEPS.muteConnect | STEPS.muteHelo | STEPS.muteMail;
  return (
    always |
    (data ? STEPS.muteData : STEPS.noData) |
    (headers ? STEPS.muteHeaders : STEPS.noHeaders) |
    (refusedRecipients ? STEPS.refusedRecipients : 0)
  );
}

const MUTE: { readonly [S in Step]?: number } = {
  connect: STEPS.muteConnect,
  helo: STEPS.muteHelo,
  mail: STEPS.muteMail,
  data: STEPS.muteData,
  header: STEPS.muteHeaders,
};

/** Whether the MTA waits for an answer at this step, by the bits that were agreed on. */
export function awaitsAnswer(step: Step, steps: number): boolean {
  return (steps & (MUTE[step] ?? 0)) === 0;
}
