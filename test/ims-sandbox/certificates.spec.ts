import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { control, fingerprint, issueServiceCredentials } from './support/control.ts';
import { aem, exchange, tokenFor } from './support/ims-client.ts';
import { runSandbox } from './support/running-sandbox.ts';

const DAY_MS = 86_400_000;

describe('service credentials', () => {
  it('have the form of those of the AEM Developer Console', async () => {
    const { origin } = await runSandbox();

    const { ok, statusCode, integration } = await issueServiceCredentials(origin);

    expect({ ok, statusCode }).toEqual({ ok: true, statusCode: 200 });
    expect(integration).toEqual({
      imsEndpoint: origin,
      metascopes: 'ent_aem_cloud_api',
      technicalAccount: {
        clientId: expect.stringMatching(/^cm-p\d+-e\d+-/),
        clientSecret: expect.any(String),
      },
      email: expect.stringMatching(/@techacct\.adobe\.com$/),
      id: expect.stringMatching(/^[0-9A-F]{24}@techacct\.adobe\.com$/),
      org: expect.stringMatching(/^[0-9A-F]{24}@AdobeOrg$/),
      privateKey: expect.stringMatching(/^-----BEGIN RSA PRIVATE KEY-----\r\n/),
      publicKey: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\r\n/),
    });
    expect(integration.privateKey).toMatch(/-----END RSA PRIVATE KEY-----\r\n$/);
    expect(`${integration.privateKey}${integration.publicKey}`.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('contain a self-signed RSA certificate of the client id, valid for 365 days', async () => {
    const nowMs = Date.parse('2026-03-01T12:00:00Z');
    const { origin } = await runSandbox({ now: () => nowMs });

    const { integration } = await issueServiceCredentials(origin);
    const certificate = new X509Certificate(integration.publicKey);

    expect(certificate.subject).toBe(`CN=${integration.technicalAccount.clientId}`);
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificate.validFromDate.getTime()).toBe(nowMs);
    expect(certificate.validToDate.getTime()).toBe(nowMs + 365 * DAY_MS);
  });

  it.each([0, -10])('are expired from the start with certificateDays %d', async (certificateDays) => {
    const nowMs = Date.parse('2026-03-01T12:00:00Z');
    const { origin } = await runSandbox({ now: () => nowMs });

    const { integration } = await issueServiceCredentials(origin, { certificateDays });

    const { validToDate } = new X509Certificate(integration.publicKey);
    expect(validToDate.getTime()).toBe(nowMs + certificateDays * DAY_MS);
  });
});

describe('the certificates of one account', () => {
  it('share secret, organisation and technical account, and each of them may sign', async () => {
    const { origin } = await runSandbox();
    const older = await issueServiceCredentials(origin);
    const { technicalAccount } = older.integration;
    const newer = await issueServiceCredentials(origin, { clientId: technicalAccount.clientId });

    expect(newer.integration).toMatchObject({
      technicalAccount,
      id: older.integration.id,
      org: older.integration.org,
    });
    expect(newer.integration.publicKey).not.toBe(older.integration.publicKey);
    expect((await exchange(older)).status).toBe(200);
    expect((await exchange(newer)).status).toBe(200);
  });

  it('are revoked one by one, by fingerprints with or without colons', async () => {
    const { origin } = await runSandbox();
    const older = await issueServiceCredentials(origin);
    const { clientId } = older.integration.technicalAccount;
    const newer = await issueServiceCredentials(origin, { clientId });
    const { fingerprint256 } = new X509Certificate(older.integration.publicKey);

    const revoked = await control(origin, 'DELETE', `credentials/${clientId}?certificate=${fingerprint256}`);

    expect(revoked.status).toBe(204);
    expect(await exchange(older)).toMatchObject({
      status: 400,
      body: { error_description: 'Could not match JWT signature to any of the bindings' },
    });
    expect((await exchange(newer)).status).toBe(200);
    const again = await control(
      origin,
      'DELETE',
      `credentials/${clientId}?certificate=${fingerprint(older.integration.publicKey)}`,
    );
    expect(again.status).toBe(404);
  });

  it('expire one by one', async () => {
    let nowMs = Date.parse('2026-03-01T12:00:00Z');
    const { origin } = await runSandbox({ now: () => nowMs });
    const short = await issueServiceCredentials(origin, { certificateDays: 1 });
    const { clientId } = short.integration.technicalAccount;
    const long = await issueServiceCredentials(origin, { clientId, certificateDays: 30 });

    expect((await exchange(short, {}, {}, nowMs)).status).toBe(200);
    nowMs += 2 * DAY_MS;

    expect((await exchange(short, {}, {}, nowMs)).status).toBe(400);
    expect((await exchange(long, {}, {}, nowMs)).status).toBe(200);
  });

  it('leave their tokens valid after a revocation, but not after the account is deleted', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    const { clientId } = document.integration.technicalAccount;
    const token = await tokenFor(document);

    const { publicKey } = document.integration;
    await control(origin, 'DELETE', `credentials/${clientId}?certificate=${fingerprint(publicKey)}`);
    expect((await aem(origin, token)).status).toBe(200);

    await control(origin, 'DELETE', `credentials/${clientId}`);
    expect((await aem(origin, token)).status).toBe(401);
  });

  it('leave old tokens invalid when a deleted client id is created again', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    const { clientId } = document.integration.technicalAccount;
    const token = await tokenFor(document);
    await control(origin, 'DELETE', `credentials/${clientId}`);

    const reissued = await issueServiceCredentials(origin, { clientId });

    expect(reissued.integration.technicalAccount.clientId).toBe(clientId);
    expect((await aem(origin, token)).status).toBe(401);
    expect((await aem(origin, await tokenFor(reissued))).status).toBe(200);
  });
});
