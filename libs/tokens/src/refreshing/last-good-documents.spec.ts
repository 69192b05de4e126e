import { describe, expect, it } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import {
  brokenDocument,
  DAY,
  HOUR,
  MINUTE,
  oauthDocument,
} from '../../../../test/support/tokens/documents.ts';
import { NAME, served } from '../../../../test/support/tokens/served.ts';
import type { CredentialProblemCode, SourcedCredential } from '../model/credential.ts';

const unusable = (code: CredentialProblemCode, version = 'v2'): SourcedCredential => ({
  ...brokenDocument(NAME, version),
  content: { kind: 'problem', documentKind: null, code, diagnosis: 'scripted' },
});

const REFUSED = failing('ims_invalid_client_secret', { retryable: false });
const withSecretOf = (clientId: string, version: string): SourcedCredential => {
  const document = oauthDocument(NAME, version);
  return document.content.kind === 'oauth'
    ? { ...document, content: { ...document.content, clientId } }
    : document;
};

describe('a process whose stored document becomes unusable', () => {
  it.each([
    'credential_unreadable',
    'credential_invalid_json',
    'credential_unknown_document',
    'credential_invalid_field',
    'credential_endpoint_refused',
    'credential_key_mismatch',
  ] as const)('goes on minting with the last good document after %s, degraded', async (code) => {
    const { world, service } = await served();
    world.source.put(unusable(code));
    await service.pollSource();
    let gaps = 0;
    await world.pass(3 * DAY, 10 * MINUTE, [service], () => {
      if (service.served(NAME) === null) gaps += 1;
    });
    expect(gaps).toBe(0);
    expect(service.state(NAME)).toBe('degraded');
    expect(service.tokens.get(NAME)?.status).toMatchObject({ version: 'v1', lastFailure: { code } });
    expect(service.events).toContainEqual(
      expect.objectContaining({ type: 'credential.fell-back', version: 'v1', isStored: false }),
    );
    expect(world.ims.exchanges()).toBeLessThanOrEqual(8);

    world.source.put(oauthDocument(NAME, 'v3'));
    await service.pollSource();
    expect(service.state(NAME)).toBe('healthy');
    expect(service.tokens.get(NAME)?.cached?.record.version).toBe('v3');
  });

  it('keeps the document that minted through several bad uploads in a row', async () => {
    const { world, service } = await served();
    world.ims.always('refused', REFUSED);
    for (const document of [unusable('credential_invalid_json'), withSecretOf('refused', 'v3')]) {
      world.source.put(document);
      await service.pollSource();
    }
    world.source.put(unusable('credential_invalid_field', 'v4'));
    await service.pollSource();
    await world.pass(2 * DAY, 10 * MINUTE, [service]);
    expect(service.served(NAME)).toContain('of-aem-dev');
    expect(service.state(NAME)).toBe('degraded');
  });

  it('mints with the last good document where IMS refuses the stored one and no token is left', async () => {
    const { world, service } = await served();
    world.ims.always('refused', REFUSED);
    world.source.put(withSecretOf('refused', 'v2'));
    await service.pollSource();
    await world.pass(2 * DAY, 10 * MINUTE, [service]);
    expect(service.served(NAME)).toContain('of-aem-dev');
    expect(service.state(NAME)).toBe('degraded');
  });

  it('replaces a rejected token, and revokes one, with the last good document', async () => {
    const { world, service } = await served();
    world.source.put(unusable('credential_invalid_json'));
    await service.pollSource();
    const reference = () => ({
      name: NAME,
      tokenSha256: service.tokens.get(NAME)?.cached?.token.sha256 ?? '',
      caller: 'caller',
    });
    const before = service.served(NAME);
    expect(await service.revocation.revoke(reference())).toMatchObject({ outcome: 'revoked' });
    expect(world.ims.invalidated).toEqual([before]);
    expect(service.served(NAME)).not.toBe(before);
  });

  it('does not bring back a document that was removed in between', async () => {
    const { world, service } = await served();
    await world.remove(NAME, service);
    world.source.put(unusable('credential_invalid_json'));
    await service.pollSource();
    await world.pass(HOUR, MINUTE, [service]);
    expect(service.served(NAME)).toBeNull();
    expect(world.ims.exchanges()).toBe(1);
  });
});
