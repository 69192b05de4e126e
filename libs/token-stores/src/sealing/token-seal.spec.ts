import { randomBytes } from 'node:crypto';

import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';

import { AccessToken, instant, toCredentialName, type CredentialName } from '#libs/tokens';

import { SealingKeys } from './sealing-keys.ts';
import { TokenSeal } from './token-seal.ts';

const name = toCredentialName('aem-dev') as CredentialName;
const token = new AccessToken('the-marked-token', instant(1_000), instant(2_000));
const record = { name, generation: 7, token, version: 'v1' };
const newKey = () => randomBytes(32).toString('base64');
const [k1, k2] = [newKey(), newKey()];
const seal = new TokenSeal(SealingKeys.parse(`k1:${k1}`), 'ims-token');
const tampered = { status: 'tampered', generation: 7 };

describe('TokenSeal', () => {
  it('opens a sealed token', async () => {
    const opened = await seal.open(await seal.seal(record), name, 7);
    expect(opened).toEqual({ status: 'found', record });
    expect(opened.status === 'found' && opened.record.token.reveal()).toBe('the-marked-token');
  });

  it('shows only key and place, in the authenticated header', async () => {
    const sealed = await seal.seal(record);
    expect(decodeProtectedHeader(sealed)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'k1',
      pfx: 'ims-token',
      crd: 'aem-dev',
      gen: 7,
    });
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('marked');
  });

  it('seals a token differently each time', async () => {
    expect(await seal.seal(record)).not.toBe(await seal.seal(record));
  });

  it('reports a token moved to another credential, generation or key prefix as tampered', async () => {
    const sealed = await seal.seal(record);
    const other = toCredentialName('aem-stage') as CredentialName;
    expect(await seal.open(sealed, other, 7)).toEqual(tampered);
    expect(await seal.open(sealed, name, 8)).toEqual({ ...tampered, generation: 8 });
    const elsewhere = new TokenSeal(SealingKeys.parse(`k1:${k1}`), 'other-prefix');
    expect(await elsewhere.open(sealed, name, 7)).toEqual(tampered);
  });

  it('reports a token with an altered, missing or truncated part as tampered', async () => {
    const sealed = await seal.seal(record);
    const parts = sealed.split('.');
    const flip = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    const altered = parts.flatMap((part, index) => [
      parts.with(index, part === '' ? 'AAAA' : flip(part)).join('.'),
      parts.with(index, part === '' ? 'AAAA' : part.slice(0, -4)).join('.'),
    ]);
    const forged = { ...decodeProtectedHeader(sealed), gen: 8 };
    const reheaded = parts.with(0, Buffer.from(JSON.stringify(forged)).toString('base64url')).join('.');
    expect(await seal.open(reheaded, name, 8)).toMatchObject({ status: 'tampered' });
    for (const text of [...altered, '', 'garbage', sealed.slice(0, -1), `${sealed}.x`])
      expect(await seal.open(text, name, 7)).toEqual(tampered);
  });

  it('reports a token sealed by another key with the same id as tampered', async () => {
    const impostor = new TokenSeal(SealingKeys.parse(`k1:${k2}`), 'ims-token');
    expect(await seal.open(await impostor.seal(record), name, 7)).toEqual(tampered);
  });

  it('opens with the old key during a rotation, and reports a missing new key as unknown-key', async () => {
    const rolled = new TokenSeal(SealingKeys.parse(`k2:${k2},k1:${k1}`), 'ims-token');
    expect(await rolled.open(await seal.seal(record), name, 7)).toMatchObject({ status: 'found' });
    const resealed = await rolled.seal(record);
    expect(decodeProtectedHeader(resealed).kid).toBe('k2');
    expect(await seal.open(resealed, name, 7)).toEqual({ status: 'unknown-key', generation: 7 });
  });
});
