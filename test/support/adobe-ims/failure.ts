import { ExchangeFailure, millis, SystemClock, type ExchangeableCredential } from '#libs/tokens';
import { AdobeImsClient } from '#libs/adobe-ims';

/** A deadline that no test reaches. */
export const AMPLE = millis(30_000);

/** The client under test, with the system clock. */
export const client = new AdobeImsClient({ clock: new SystemClock() });

/** Runs an exchange that must fail, and returns its failure. */
export async function failureOf(
  credential: ExchangeableCredential,
  deadline = AMPLE,
): Promise<ExchangeFailure> {
  const outcome = await client.exchange(credential, deadline).catch((error: unknown) => error);
  if (!(outcome instanceof ExchangeFailure))
    throw new Error('The exchange did not fail with an ExchangeFailure.');
  return outcome;
}
