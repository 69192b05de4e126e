import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ClientAuthentication } from './accounts/client-authentication.ts';
import { AemController } from './aem/aem.controller.ts';
import { CredentialIssuer } from './control/credential-issuer.ts';
import { CredentialRevoker } from './control/credential-revoker.ts';
import { CredentialsController } from './control/credentials.controller.ts';
import { FaultsController } from './control/faults.controller.ts';
import { RequestsController } from './control/requests.controller.ts';
import { SettingsController } from './control/settings.controller.ts';
import { ErrorFilter } from './error-filter.ts';
import { Faults } from './faults/faults.ts';
import { AssertionCheck } from './grants/assertion-check.ts';
import { ClientCredentialsController } from './grants/client-credentials.controller.ts';
import { JwtExchangeController } from './grants/jwt-exchange.controller.ts';
import { UsedJtis } from './grants/used-jtis.ts';
import { RequestLedger } from './ledger/request-ledger.ts';
import type { SandboxParts } from './sandbox-parts.ts';
import { AccessTokenMint } from './tokens/access-token-mint.ts';
import { AccessTokenValidator } from './tokens/access-token-validator.ts';
import { DiscoveryController } from './tokens/discovery.controller.ts';
import { InvalidateTokenController } from './tokens/invalidate-token.controller.ts';
import { KeysController } from './tokens/keys.controller.ts';
import { TokenInvalidation } from './tokens/token-invalidation.ts';
import { TokenLifetime } from './tokens/token-lifetime.ts';
import { TokenSigningKey } from './tokens/token-signing-key.ts';
import { ValidateTokenController } from './tokens/validate-token.controller.ts';
import { SandboxClock } from './wire/sandbox-clock.ts';

/** The composition of the sandbox: its controllers and the objects that they need. */
@Module({
  controllers: [
    JwtExchangeController,
    ClientCredentialsController,
    ValidateTokenController,
    InvalidateTokenController,
    KeysController,
    DiscoveryController,
    AemController,
    CredentialsController,
    FaultsController,
    SettingsController,
    RequestsController,
  ],
})
export class ImsSandboxModule {
  static with(parts: SandboxParts, log: (line: string) => void): DynamicModule {
    const { accounts, clock, faults, invalidated, ledger, lifetime, signingKey, state } = parts;
    const mint = new AccessTokenMint(signingKey, lifetime);
    const validator = new AccessTokenValidator(signingKey, accounts, invalidated);
    return {
      module: ImsSandboxModule,
      providers: [
        { provide: APP_FILTER, useValue: new ErrorFilter(log) },
        { provide: SandboxClock, useValue: clock },
        { provide: Faults, useValue: faults },
        { provide: RequestLedger, useValue: ledger },
        { provide: TokenLifetime, useValue: lifetime },
        { provide: TokenSigningKey, useValue: signingKey },
        { provide: AccessTokenMint, useValue: mint },
        { provide: AccessTokenValidator, useValue: validator },
        { provide: TokenInvalidation, useValue: new TokenInvalidation(validator, invalidated, state) },
        { provide: ClientAuthentication, useValue: new ClientAuthentication(accounts) },
        { provide: AssertionCheck, useValue: new AssertionCheck(new UsedJtis()) },
        { provide: CredentialIssuer, useValue: new CredentialIssuer(accounts, mint, clock, state) },
        { provide: CredentialRevoker, useValue: new CredentialRevoker(accounts, state) },
      ],
    };
  }
}
