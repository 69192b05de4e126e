import type { CredentialName } from '#libs/tokens';

import { MARK_RETENTION } from './retention.ts';
import { readSignedValue, type SignedValues } from './signed-value.ts';

/**
 * Sets a mark, unless a process has set it. A mark that no process has signed is replaced, as the message
 * that it stands for was not sent.
 * @throws StoreUnavailable
 */
export function setRedisMark(
  values: SignedValues,
  key: string,
  name: CredentialName,
  mark: string,
): Promise<boolean> {
  return values.connection.run(async (redis) => {
    const set = { key, kind: 'mark', place: [name, mark] } as const;
    const value = await readSignedValue(redis, values, set);
    if (value.text !== null) return false;
    if (await value.replace('1', MARK_RETENTION * 1_000)) return true;
    // Another process was faster, or a writer without the keys was: then the message is better sent twice.
    return (await readSignedValue(redis, values, set)).text === null;
  });
}
