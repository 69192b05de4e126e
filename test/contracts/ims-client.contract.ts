import { expect, it } from 'vitest';

import {
  AccessToken,
  ExchangeFailure,
  millis,
  type ExchangeableCredential,
  type ImsClient,
} from '#libs/tokens';

/** An ImsClient, and one credential for each outcome. */
export interface ImsClientUnderTest {
  readonly client: ImsClient;
  readonly accepted: ExchangeableCredential;
  readonly refused: ExchangeableCredential;
  readonly unavailable: ExchangeableCredential;
  readonly hanging: ExchangeableCredential;
  /** Whether IMS still accepts a token of this credential. */
  readonly isValid: (credential: ExchangeableCredential, token: AccessToken) => Promise<boolean>;
}

const AMPLE = millis(30_000);
const DAY = 86_400_000;

/** The contract of every ImsClient. Call it inside a `describe` with the name of the client. */
export function itHonoursTheImsClientContract(setUp: () => Promise<ImsClientUnderTest>): void {
  it('exchange returns a token issued now with a lifetime of at most two days', async () => {
    const { client, accepted } = await setUp();
    const { token } = await client.exchange(accepted, AMPLE);
    expect(token).toBeInstanceOf(AccessToken);
    expect(token.reveal()).toMatch(/^[\w.~+/-]+=*$/);
    expect(token.life).toBeGreaterThan(0);
    expect(token.life).toBeLessThanOrEqual(2 * DAY);
    expect(Math.abs(token.issuedAt - Date.now())).toBeLessThan(AMPLE);
    expect(Number.isInteger(token.expiresAt)).toBe(true);
  });

  it('exchange returns a new token each time', async () => {
    const { client, accepted } = await setUp();
    const first = await client.exchange(accepted, AMPLE);
    const second = await client.exchange(accepted, AMPLE);
    expect(second.token.sha256).not.toBe(first.token.sha256);
  });

  it('exchange rejects a refused credential as not retryable', async () => {
    const { client, refused } = await setUp();
    const failure = await failureOf(client, refused);
    expect(failure.code).toMatch(/^ims_/);
    expect(failure.retryable).toBe(false);
    expect(failure.diagnosis).not.toBe('');
  });

  it('exchange rejects with ims_unavailable, retryable, during an outage', async () => {
    const { client, unavailable } = await setUp();
    expect(await failureOf(client, unavailable)).toMatchObject({ code: 'ims_unavailable', retryable: true });
  });

  it('exchange rejects with ims_timeout at the deadline', async () => {
    const { client, hanging } = await setUp();
    const failure = await failureOf(client, hanging, millis(150));
    expect(failure).toMatchObject({ code: 'ims_timeout', retryable: true });
  });

  it('exchange does not wait for another exchange that hangs', async () => {
    const { client, hanging, accepted } = await setUp();
    const hung = failureOf(client, hanging, millis(1_000));
    await client.exchange(accepted, AMPLE);
    expect((await hung).code).toBe('ims_timeout');
  });

  it('invalidate invalidates only the given token, and may be repeated', async () => {
    const { client, accepted, isValid } = await setUp();
    const { token: leaked } = await client.exchange(accepted, AMPLE);
    const { token: other } = await client.exchange(accepted, AMPLE);
    expect(await isValid(accepted, leaked)).toBe(true);
    await client.invalidate(accepted, leaked, AMPLE);
    expect(await isValid(accepted, leaked)).toBe(false);
    expect(await isValid(accepted, other)).toBe(true);
    await client.invalidate(accepted, leaked, AMPLE);
    expect(await isValid(accepted, leaked)).toBe(false);
  });

  it('validate tells good tokens from invalidated ones', async () => {
    const { client, accepted } = await setUp();
    const { token: leaked } = await client.exchange(accepted, AMPLE);
    const { token: other } = await client.exchange(accepted, AMPLE);
    expect(await client.validate(accepted, leaked, AMPLE)).toBe(true);
    await client.invalidate(accepted, leaked, AMPLE);
    expect(await client.validate(accepted, leaked, AMPLE)).toBe(false);
    expect(await client.validate(accepted, other, AMPLE)).toBe(true);
  });

  it('validate rejects where IMS does not say, and with ims_timeout at the deadline', async () => {
    const { client, accepted, unavailable, hanging } = await setUp();
    const { token } = await client.exchange(accepted, AMPLE);
    const failure = (credential: ExchangeableCredential, deadline = AMPLE) =>
      failureOf(client, credential, deadline, (own) => client.validate(own, opaque(token), deadline));
    expect(await failure(unavailable)).toMatchObject({ code: 'ims_unavailable', retryable: true });
    expect(await failure(hanging, millis(150))).toMatchObject({ code: 'ims_timeout', retryable: true });
  });

  it('invalidate rejects with retryable or not, and with ims_timeout at the deadline', async () => {
    const { client, accepted, refused, unavailable, hanging } = await setUp();
    const { token } = await client.exchange(accepted, AMPLE);
    const failure = (credential: ExchangeableCredential, deadline = AMPLE) =>
      failureOf(client, credential, deadline, (own) => client.invalidate(own, opaque(token), deadline));
    expect((await failure(refused)).retryable).toBe(false);
    expect(await failure(unavailable)).toMatchObject({ code: 'ims_unavailable', retryable: true });
    expect(await failure(hanging, millis(150))).toMatchObject({ code: 'ims_timeout', retryable: true });
  });
}

/** A token that is no JWT. */
const opaque = ({ issuedAt, expiresAt }: AccessToken): AccessToken =>
  new AccessToken('an-opaque-token', issuedAt, expiresAt);

async function failureOf(
  client: ImsClient,
  credential: ExchangeableCredential,
  deadline = AMPLE,
  ask: (credential: ExchangeableCredential) => Promise<unknown> = (own) => client.exchange(own, deadline),
): Promise<ExchangeFailure> {
  const outcome = await ask(credential).catch((error: unknown) => error);
  if (!(outcome instanceof ExchangeFailure)) throw new Error('Not an ExchangeFailure.', { cause: outcome });
  return outcome;
}
