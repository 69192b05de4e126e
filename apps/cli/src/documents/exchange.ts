import { AdobeImsClient } from '#libs/adobe-ims';
import {
  between,
  ExchangeFailure,
  millis,
  SystemClock,
  toIso,
  type ExchangeableCredential,
} from '#libs/tokens';

import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Finding } from './finding.ts';

/** Long enough for a slow network. */
const EXCHANGE_TIMEOUT = millis(30_000);
const UNANSWERED: ReadonlySet<string> = new Set(['ims_unreachable', 'ims_timeout']);

/** The result of a real exchange, without the token. */
export type ExchangeTrial =
  | { readonly ok: true; readonly expires_in: number; readonly expires_at: string }
  | { readonly ok: false; readonly problem: Finding; readonly exitCode: ExitCode };

/** Exchanges the credential for a token at Adobe IMS, like the service. Earlier tokens stay valid. */
export async function tryExchange(credential: ExchangeableCredential): Promise<ExchangeTrial> {
  try {
    const client = new AdobeImsClient({ clock: new SystemClock() });
    const { token } = await client.exchange(credential, EXCHANGE_TIMEOUT);
    const life = between(token.issuedAt, token.expiresAt);
    return { ok: true, expires_in: Math.floor(life / 1000), expires_at: toIso(token.expiresAt) };
  } catch (error) {
    if (!(error instanceof ExchangeFailure)) throw error;
    const { code, diagnosis, debugId } = error;
    const forSupport = debugId === null ? '' : ` (IMS's x-debug-id: ${debugId})`;
    return {
      ok: false,
      problem: { code, diagnosis: `${diagnosis}${forSupport}` },
      exitCode: exitCodeOf(error),
    };
  }
}

function exitCodeOf({ code, retryable }: ExchangeFailure): ExitCode {
  if (UNANSWERED.has(code)) return EXIT.unreachable;
  return retryable ? EXIT.notNow : EXIT.bad;
}
