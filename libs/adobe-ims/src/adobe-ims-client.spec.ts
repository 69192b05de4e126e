import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { AdobeImsClient } from '#libs/adobe-ims';
import {
  ExchangeFailure,
  instant,
  Secret,
  type ExchangeableCredential,
  type JwtCredential,
} from '#libs/tokens';

import { ManualClock } from '../../../test/fakes/manual-clock.ts';
import {
  control,
  fingerprint,
  issueOAuth,
  issueServiceCredentials,
  ledger,
  setFaults,
} from '../../../test/ims-sandbox/support/control.ts';
import { runSandbox } from '../../../test/ims-sandbox/support/running-sandbox.ts';
import { fromOAuthCredentials, fromServiceCredentials } from '../../../test/support/adobe-ims/credentials.ts';
import { AMPLE, client, failureOf } from '../../../test/support/adobe-ims/failure.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function jwtAccount(request: Record<string, unknown> = {}, now?: () => number) {
  const { origin } = await runSandbox({ now });
  const document = await issueServiceCredentials(origin, request);
  return { origin, document, credential: fromServiceCredentials(document) };
}

describe('AdobeImsClient with the sandbox', () => {
  it.each(['jwt', 'oauth'] as const)(
    'exchanges a %s credential for a token that AEM accepts and that lives 24 hours',
    async (kind) => {
      const { origin } = await runSandbox();
      const credential: ExchangeableCredential =
        kind === 'jwt'
          ? fromServiceCredentials(await issueServiceCredentials(origin))
          : fromOAuthCredentials(await issueOAuth(origin));
      const { token, clockSkew } = await client.exchange(credential, AMPLE);
      expect(Math.abs(token.life - DAY)).toBeLessThan(60_000);
      expect(Math.abs(clockSkew ?? Infinity)).toBeLessThan(60_000);
      const aem = await fetch(`${origin}/aem/content.json`, {
        headers: { authorization: `Bearer ${token.reveal()}` },
      });
      expect(aem.status).toBe(200);
    },
  );

  it.each(['jwt', 'oauth'] as const)(
    'reads the short lifetime of a token for a %s credential',
    async (kind) => {
      const { origin } = await runSandbox();
      await control(origin, 'PUT', 'settings', { tokenLifetimeSeconds: 30 });
      const credential: ExchangeableCredential =
        kind === 'jwt'
          ? fromServiceCredentials(await issueServiceCredentials(origin))
          : fromOAuthCredentials(await issueOAuth(origin));
      const { life } = (await client.exchange(credential, AMPLE)).token;
      expect(life).toBeGreaterThan(28_000);
      expect(life).toBeLessThanOrEqual(30_000);
    },
  );
});

describe('AdobeImsClient with a skewed clock', () => {
  it("signs with IMS's time after IMS showed that this machine's clock is behind", async () => {
    const { origin, credential } = await jwtAccount();
    await setFaults(origin, { kind: 'clock', clockOffsetSeconds: 540, clientId: credential.clientId });
    const { token, clockSkew } = await client.exchange(credential, AMPLE);
    expect(Math.abs((clockSkew ?? 0) - 540_000)).toBeLessThan(60_000);
    expect(Math.abs(token.life - DAY)).toBeLessThan(60_000);
    expect((await ledger(origin)).byClient[credential.clientId]).toMatchObject({ requests: 2, issued: 1 });
  });

  it("shortens a token's lifetime by the time that this machine's clock is ahead", async () => {
    const { origin, credential } = await jwtAccount();
    await setFaults(origin, { kind: 'clock', clockOffsetSeconds: -3_600, clientId: credential.clientId });
    const { token } = await client.exchange(credential, AMPLE);
    expect(Math.abs(token.life - 23 * HOUR)).toBeLessThan(60_000);
  });
});

describe('AdobeImsClient when IMS does not know the signature', () => {
  it('reports an expired certificate', async () => {
    const now = Date.now() + 3 * DAY;
    let sandboxTime = Date.now();
    const { credential } = await jwtAccount({ certificateDays: 1 }, () => sandboxTime);
    sandboxTime = now;
    const late = new AdobeImsClient({ clock: new ManualClock(instant(now)) });
    await expect(late.exchange(credential, AMPLE)).rejects.toMatchObject({ code: 'ims_certificate_expired' });
    const failure = await failureOf(credential);
    expect(failure.code).toBe('ims_certificate_expired');
    expect(failure.diagnosis).toMatch(/by IMS's clock/);
  });

  it('reports a revoked certificate', async () => {
    const { origin, document, credential } = await jwtAccount();
    const { clientId } = credential;
    await issueServiceCredentials(origin, { clientId });
    const sha256 = fingerprint(document.integration.publicKey);
    await control(origin, 'DELETE', `credentials/${clientId}?certificate=${sha256}`);
    const failure = await failureOf(credential);
    expect(failure.code).toBe('ims_certificate_unknown');
    expect(failure.diagnosis).toContain(sha256);
  });

  it('reports a key that never belonged to the account', async () => {
    const { credential } = await jwtAccount();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect((await failureOf({ ...credential, privateKey })).code).toBe('ims_certificate_unknown');
  });

  it('reports a certificate that is not valid yet', async () => {
    const { credential } = await jwtAccount();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const certificate = { ...credential.certificate, notBefore: instant(Date.now() + DAY) };
    expect((await failureOf({ ...credential, privateKey, certificate })).code).toBe(
      'ims_certificate_not_yet_valid',
    );
  });
});

describe('AdobeImsClient with a credential that differs from IMS', () => {
  it.each<[string, Partial<JwtCredential>, string]>([
    ['client id', { clientId: 'cm-p0-e0-integration' }, 'ims_invalid_client_id'],
    ['client secret', { clientSecret: new Secret('wrong') }, 'ims_invalid_client_secret'],
    ['metascopes', { metascopes: ['ent_other_sdk'] }, 'ims_invalid_scope'],
    ['technical account', { technicalAccountId: 'other@techacct.adobe.com' }, 'ims_certificate_unknown'],
  ])('reports the wrong %s', async (_, changes, code) => {
    const { credential } = await jwtAccount();
    const failure = await failureOf({ ...credential, ...changes });
    expect(failure).toBeInstanceOf(ExchangeFailure);
    expect(failure).toMatchObject({ code, retryable: false });
  });
});

it('AdobeImsClient uses the second client secret after the first one was deleted', async () => {
  const { origin } = await runSandbox();
  const document = await issueOAuth(origin);
  const credential = fromOAuthCredentials(document);
  const clientSecrets = [new Secret('deleted already'), ...credential.clientSecrets];
  await expect(client.exchange({ ...credential, clientSecrets }, AMPLE)).resolves.toBeDefined();
});
