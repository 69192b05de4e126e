import {
  CurrentTokens,
  RefreshPolicy,
  ServePolicy,
  TokenVendor,
  type CredentialName,
  type CredentialStatusRecord,
} from '#libs/tokens';

import { ManualClock } from '../../fakes/manual-clock.ts';
import { DAY, tokenOf } from './documents.ts';

/** A vendor that knows one credential, with a token of this life or none, on a clock of its own. */
export function vendorOf(
  name: CredentialName,
  life: number | null = DAY,
  report: Partial<CredentialStatusRecord> = {},
) {
  const clock = new ManualClock();
  const tokens = new CurrentTokens(clock);
  const vendor = new TokenVendor({
    tokens,
    clock,
    servePolicy: new ServePolicy(),
    refreshPolicy: new RefreshPolicy(),
  });
  tokens.adoptStatus({
    name,
    at: clock.now(),
    kind: 'jwt',
    version: 'v1',
    stage: 'AWSCURRENT',
    certificateExpiresAt: null,
    failing: false,
    lastFailure: null,
    nextAttemptAt: null,
    attempt: null,
    pending: null,
    history: [],
    mintedVersions: [],
    causedAt: [],
    ...report,
  });
  if (life !== null) tokens.adopt({ name, generation: 1, token: tokenOf('t', life), version: 'v1' });
  return { clock, vendor };
}
