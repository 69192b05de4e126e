import { ExchangeFailure, millis, SystemClock, type ExchangeableCredential } from '#libs/tokens';
import { AdobeImsClient } from '#libs/adobe-ims';

/** Long enough for any machine. */
export const AMPLE = millis(30_000);

/** The client under test, on the machine's own clock. */
export const client = new AdobeImsClient({ clock: new SystemClock() });

/** The failure of an exchange that must fail. */
export async function failureOf(
  credential: ExchangeableCredential,
  deadline = AMPLE,
): Promise<ExchangeFailure> {
  const outcome = await client.exchange(credential, deadline).catch((error: unknown) => error);
  if (!(outcome instanceof ExchangeFailure)) throw new Error('The exchange did not fail as it must.');
  return outcome;
}
