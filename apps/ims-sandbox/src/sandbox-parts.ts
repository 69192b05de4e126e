import { Accounts } from './accounts/accounts.ts';
import { Faults } from './faults/faults.ts';
import { RequestLedger } from './ledger/request-ledger.ts';
import { StateFile } from './state/state-file.ts';
import { StateWriter } from './state/state-writer.ts';
import { toAccountRecord } from './state/state-record.ts';
import { InvalidatedTokens } from './tokens/invalidated-tokens.ts';
import { TokenLifetime } from './tokens/token-lifetime.ts';
import { TokenSigningKey } from './tokens/token-signing-key.ts';
import { SandboxClock } from './wire/sandbox-clock.ts';

/** The stateful parts of the sandbox, created before it listens. */
export interface SandboxParts {
  readonly accounts: Accounts;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly invalidated: InvalidatedTokens;
  readonly ledger: RequestLedger;
  readonly lifetime: TokenLifetime;
  readonly signingKey: TokenSigningKey;
  readonly state: StateWriter;
}

/** Creates the parts from the state folder, or empty without one. */
export async function createParts(
  stateFolder: string | undefined,
  nowMs: (() => number) | undefined,
): Promise<SandboxParts> {
  const file = stateFolder === undefined ? undefined : new StateFile(stateFolder);
  const known = await file?.read();
  const signingKey =
    known === undefined ? await TokenSigningKey.generate() : TokenSigningKey.fromPem(known.signingKey);
  const accounts = new Accounts(known?.accounts);
  const invalidated = new InvalidatedTokens(known?.invalidatedTokens);
  const state = new StateWriter(file, () => ({
    version: 1,
    signingKey: signingKey.toPem(),
    accounts: accounts.all().map(toAccountRecord),
    invalidatedTokens: [...invalidated.all()],
  }));
  await state.save();
  return {
    accounts,
    clock: new SandboxClock(nowMs),
    faults: new Faults(),
    invalidated,
    ledger: new RequestLedger(),
    lifetime: new TokenLifetime(),
    signingKey,
    state,
  };
}
