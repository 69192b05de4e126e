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

import { ManualClock } from '../fakes/manual-clock.ts';
import {
  control,
  fingerprint,
  issueOAuth,
  issueServiceCredentials,
  ledger,
  setFaults,
} from '../ims-sandbox/support/control.ts';
import { runSandbox } from '../ims-sandbox/support/running-sandbox.ts';
import { fromOAuthCredentials, fromServiceCredentials } from './adobe-ims-credentials.ts';
import { AMPLE, client, failureOf } from './adobe-ims-failure.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function jwtAccount(request: Record<string, unknown> = {}, now?: () => number) {
  const { origin } = await runSandbox({ now });
  const document = await issueServiceCredentials(origin, request);
  return { origin, document, credential: fromServiceCredentials(document) };
}

describe('a token of the sandbox', () => {
  it.each(['jwt', 'oauth'] as const)('opens AEM, and lives a day (%s)', async (kind) => {
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
  });

  it.each(['jwt', 'oauth'] as const)('keeps its short life (%s)', async (kind) => {
    const { origin } = await runSandbox();
    await control(origin, 'PUT', 'settings', { tokenLifetimeSeconds: 30 });
    const credential: ExchangeableCredential =
      kind === 'jwt'
        ? fromServiceCredentials(await issueServiceCredentials(origin))
        : fromOAuthCredentials(await issueOAuth(origin));
    const { life } = (await client.exchange(credential, AMPLE)).token;
    expect(life).toBeGreaterThan(28_000);
    expect(life).toBeLessThanOrEqual(30_000);
  });
});

describe('clocks that differ', () => {
  it("sign with IMS's time once ours turns out to be behind", async () => {
    const { origin, credential } = await jwtAccount();
    await setFaults(origin, { kind: 'clock', clockOffsetSeconds: 2 * 3_600, clientId: credential.clientId });
    const { token, clockSkew } = await client.exchange(credential, AMPLE);
    expect(Math.abs((clockSkew ?? 0) - 2 * HOUR)).toBeLessThan(60_000);
    expect(Math.abs(token.life - DAY)).toBeLessThan(60_000);
    expect((await ledger(origin)).byClient[credential.clientId]).toMatchObject({ requests: 2, issued: 1 });
  });

  it('cost a token the life by which ours is ahead', async () => {
    const { origin, credential } = await jwtAccount();
    await setFaults(origin, { kind: 'clock', clockOffsetSeconds: -3_600, clientId: credential.clientId });
    const { token } = await client.exchange(credential, AMPLE);
    expect(Math.abs(token.life - 23 * HOUR)).toBeLessThan(60_000);
  });
});

describe('a signature IMS does not know', () => {
  it('comes of an expired certificate', async () => {
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

  it('comes of a revoked certificate', async () => {
    const { origin, document, credential } = await jwtAccount();
    const { clientId } = credential;
    await issueServiceCredentials(origin, { clientId });
    const sha256 = fingerprint(document.integration.publicKey);
    await control(origin, 'DELETE', `credentials/${clientId}?certificate=${sha256}`);
    const failure = await failureOf(credential);
    expect(failure.code).toBe('ims_certificate_unknown');
    expect(failure.diagnosis).toContain(sha256);
  });

  it('comes of a key that never belonged to the account', async () => {
    const { credential } = await jwtAccount();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect((await failureOf({ ...credential, privateKey })).code).toBe('ims_certificate_unknown');
  });

  it('comes of a certificate that is not valid yet', async () => {
    const { credential } = await jwtAccount();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const certificate = { ...credential.certificate, notBefore: instant(Date.now() + DAY) };
    expect((await failureOf({ ...credential, privateKey, certificate })).code).toBe(
      'ims_certificate_not_yet_valid',
    );
  });
});

describe('a credential that is not what IMS has', () => {
  it.each<[string, Partial<JwtCredential>, string]>([
    ['client id', { clientId: 'cm-p0-e0-integration' }, 'ims_invalid_client_id'],
    ['client secret', { clientSecret: new Secret('wrong') }, 'ims_invalid_client_secret'],
    ['metascopes', { metascopes: ['ent_other_sdk'] }, 'ims_invalid_scope'],
    ['technical account', { technicalAccountId: 'other@techacct.adobe.com' }, 'ims_certificate_unknown'],
  ])('is refused for its %s', async (_, changes, code) => {
    const { credential } = await jwtAccount();
    const failure = await failureOf({ ...credential, ...changes });
    expect(failure).toBeInstanceOf(ExchangeFailure);
    expect(failure).toMatchObject({ code, retryable: false });
  });
});

it('uses the secret that is left while one is being rotated out', async () => {
  const { origin } = await runSandbox();
  const document = await issueOAuth(origin);
  const credential = fromOAuthCredentials(document);
  const clientSecrets = [new Secret('deleted already'), ...credential.clientSecrets];
  await expect(client.exchange({ ...credential, clientSecrets }, AMPLE)).resolves.toBeDefined();
});
