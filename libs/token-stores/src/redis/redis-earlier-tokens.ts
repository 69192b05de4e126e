import type { CredentialName, TokenRecord } from '#libs/tokens';

import { parseGeneration } from './generation.ts';
import type { TokenSeal } from '../sealing/token-seal.ts';

/**
 * Opens the fields of `RedisKeys.earlier`, newest first. Skips expired tokens, and fields that cannot be
 * opened.
 * @param fields generation, value, generation, value…
 */
export async function openEarlierTokens(
  fields: readonly string[],
  name: CredentialName,
  seal: TokenSeal,
  now: number,
): Promise<readonly TokenRecord[]> {
  const opened = await Promise.all(
    fields.map(async (generation, place) => {
      if (place % 2 === 1) return [];
      const value = fields[place + 1] ?? '';
      const stored = await seal.open(value.slice(value.indexOf(' ') + 1), name, parseGeneration(generation));
      return stored.status === 'found' && stored.record.token.expiresAt > now ? [stored.record] : [];
    }),
  );
  return opened.flat().sort((one, other) => other.generation - one.generation);
}
