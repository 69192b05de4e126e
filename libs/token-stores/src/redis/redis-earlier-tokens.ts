import type { CredentialName, TokenRecord } from '#libs/tokens';

import { parseGeneration } from './generation.ts';
import type { TokenSeal } from '../sealing/token-seal.ts';

/**
 * Opens the fields of `RedisKeys.earlier`, newest first. Skips expired tokens, and fields that cannot be
 * opened.
 */
export async function openEarlierTokens(
  fields: Readonly<Record<string, string>>,
  name: CredentialName,
  seal: TokenSeal,
  now: number,
): Promise<readonly TokenRecord[]> {
  const opened = await Promise.all(
    Object.entries(fields).map(async ([generation, value]) => {
      const stored = await seal.open(value.slice(value.indexOf(' ') + 1), name, parseGeneration(generation));
      return stored.status === 'found' && stored.record.token.expiresAt > now ? [stored.record] : [];
    }),
  );
  return opened.flat().sort((one, other) => other.generation - one.generation);
}
