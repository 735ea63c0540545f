// What would have to happen for a check to be answered otherwise, by the reason of the answer.
import { NULL_SENDER, type Seconds } from '../policy/check.ts';
import type { Explanation } from '../policy/explanation.ts';
import { classOf, hiddenUntil, type Standing } from '../policy/standing.ts';
import { formatTime } from './render.ts';

/** One sentence a line. */
export function whatWouldChange(explained: Explanation): readonly string[] {
  const { verdict, client, recalled, window, now } = explained;
  const isBounce = recalled.tuple.sender === NULL_SENDER;
  switch (verdict.reason) {
    case 'off':
      return ['GREY_CHECK yes in the configuration'];
    case 'trusted':
      return ['the configuration: the client is in its trusted lines'];
    case 'policy':
      return [`line ${explained.policy.at(-1)?.line ?? '?'} of the policy file`];
    case 'whitelisted':
      return manualChange(explained);
    case 'blacklisted':
      return client.manual === undefined ? standingChange(client.standing, now) : manualChange(explained);
    case 'pass':
      return [forgetting(recalled.pass?.client ?? '')];
    case 'known':
      return [forgetting(recalled.tuple.client)];
    case 'standing':
      return [...standingChange(client.standing, now), 'a YES line of the policy file'];
    case 'limit':
      return [
        `fewer pending attempts of this client (now ${recalled.pendingOfClient}), or one of them repeated`,
        `a higher ${isBounce ? 'GREY_PENDING_NULLSENDER' : 'GREY_PENDING_NORMAL'} in the configuration`,
      ];
    case 'first':
      return [retry(now + window.delay), ...standingChange(client.standing, now)];
    case 'early':
      return [retry((recalled.entry?.firstSeen ?? now) + window.delay), ...standingChange(client.standing, now)];
    case 'retried':
      return [
        isBounce
          ? 'nothing: the sender waited; a bounce passes once, and the next one waits anew'
          : 'nothing: the sender waited; once it has delivered, it is known',
      ];
    case 'server':
    case 'failed':
      return ['what the log says about it'];
  }
}

function retry(from: Seconds): string {
  return `the same attempt from ${formatTime(from)} on`;
}

/** `client`: the client part of what is remembered; empty: it stands for all. */
function forgetting(client: string): string {
  const command = client === '' ? '' : `, or with ddgrey forget ${client}`;
  return `it is forgotten when it is not used for its lifetime${command}`;
}

function manualChange({ client: { manual } }: Explanation): readonly string[] {
  return manual === undefined ? [] : [`ddgrey forget ${manual.subject}, or its end at ${formatTime(manual.expires)}`];
}

function standingChange(standing: Standing | undefined, now: Seconds): readonly string[] {
  if (standing === undefined) return [];
  const { score, ip } = standing;
  const hidden = hiddenUntil(standing, now);
  const shows = hidden === undefined ? [] : [`black shows from ${formatTime(hidden)} on`];
  const worse = nextScore(score, -1);
  const better = nextScore(score, 1);
  return [
    ...shows,
    ...(better === undefined ? [] : [`${points(better - score)} more: ${classOf(better)}`]),
    ...(worse === undefined ? [] : [`${points(score - worse)} less: ${classOf(worse)}`]),
    `ddgrey white ${ip}, ddgrey black ${ip}`,
  ];
}

function points(count: number): string {
  return count === 1 ? '1 point' : `${count} points`;
}

/** Further than the widest class. */
const FARTHEST = 1000;

/** The nearest score of another class in that direction. */
function nextScore(score: number, step: 1 | -1): number | undefined {
  const kind = classOf(score);
  for (let next = score + step; Math.abs(next - score) <= FARTHEST; next += step)
    if (classOf(next) !== kind) return next;
  return undefined;
}
