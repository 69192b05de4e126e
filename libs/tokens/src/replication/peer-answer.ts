import type { Clock } from '../model/clock.ts';
import { MAX_NEWS, type PeerAnswer, type PeerNews, type PeerRequest } from '../ports/peers.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';

interface PeerAnswerParts {
  readonly tokens: CurrentTokens;
  readonly clock: Clock;
  /** Whether this process knows all credentials of the service. */
  readonly knowsAll: boolean;
}

/** Answers a peer from the memory of this process: tokens that live, and removals. */
export function answerPeer({ known, range }: PeerRequest, parts: PeerAnswerParts): PeerAnswer {
  const { tokens, clock, knowsAll } = parts;
  const theirs = new Map<string, number>(known);
  const isInRange = (name: string): boolean =>
    range !== null && name > range.after && (range.upTo === null || name <= range.upTo);
  const news: PeerNews[] = [];
  for (const { name, generation, cached, isRemoved } of tokens.knowledge()) {
    if (!isInRange(name) && !theirs.has(name)) continue;
    const record = cached !== null && cached.remaining(clock) > 0 ? cached.record : null;
    if (record === null && !isRemoved) continue;
    const own = record?.generation ?? generation;
    if (own <= (theirs.get(name) ?? 0)) continue;
    if (news.length === MAX_NEWS) return { news, isWhole: false, knowsAll };
    news.push({ name, generation: own, record });
  }
  return { news, isWhole: true, knowsAll };
}
