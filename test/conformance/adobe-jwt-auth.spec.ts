import authorize from '@adobe/jwt-auth';
import { describe, expect, it } from 'vitest';
import {
  control,
  fingerprint,
  issueServiceCredentials,
  setFaults,
  type ServiceCredentials,
} from '../ims-sandbox/support/control.ts';
import { aem } from '../ims-sandbox/support/ims-client.ts';
import { runSandbox } from '../ims-sandbox/support/running-sandbox.ts';

/** The options AEM Learn passes to `@adobe/jwt-auth`, straight from the credential document. */
function optionsOf({ integration }: ServiceCredentials): authorize.JWTAuthConfig {
  return {
    clientId: integration.technicalAccount.clientId,
    technicalAccountId: integration.id,
    orgId: integration.org,
    clientSecret: integration.technicalAccount.clientSecret,
    privateKey: integration.privateKey,
    metaScopes: integration.metascopes.split(','),
    ims: integration.imsEndpoint,
  };
}

describe('Adobe’s own client @adobe/jwt-auth', () => {
  it('gets a token that AEM accepts', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin, {
      metascopes: 'ent_aem_cloud_sdk,ent_cloudmgr_sdk',
    });

    const answer = await authorize(optionsOf(document));

    expect(answer).toEqual({
      token_type: 'bearer',
      access_token: expect.any(String),
      expires_in: 86_399_999,
    });
    expect((await aem(origin, answer.access_token)).status).toBe(200);
  });

  it('may name its metascopes by their whole URL', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);

    const answer = await authorize({ ...optionsOf(document), metaScopes: 'ent_aem_cloud_api' });

    expect(answer.token_type).toBe('bearer');
  });

  it('understands each refusal by its code', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    const options = optionsOf(document);
    const { clientId } = options;
    const code = (changes: Partial<authorize.JWTAuthConfig>): Promise<unknown> =>
      authorize({ ...options, ...changes }).then(
        () => 'a token',
        (error: unknown) => (error as { code: unknown }).code,
      );

    expect(await code({ clientSecret: 'guess' })).toBe('invalid_client');
    expect(await code({ clientId: 'nobody' })).toBe('invalid_client');
    expect(await code({ metaScopes: ['ent_user_sdk'] })).toBe('invalid_scope');
    expect(await code({ orgId: 'acme' })).toBe('bad_request');
    await setFaults(origin, { kind: 'clock', clockOffsetSeconds: 3600 });
    expect(await code({})).toBe('invalid_token');
    await setFaults(origin, { kind: 'status', status: 500 });
    expect(await code({})).toBe('internal_error');
    await setFaults(origin);
    await control(
      origin,
      'DELETE',
      `credentials/${clientId}?certificate=${fingerprint(document.integration.publicKey)}`,
    );
    expect(await code({})).toBe('invalid_token');
  });

  it('stumbles over HTML and broken JSON as it does at IMS', async () => {
    const { origin } = await runSandbox();
    const options = optionsOf(await issueServiceCredentials(origin));

    for (const kind of ['html', 'malformed']) {
      await setFaults(origin, { kind });
      await expect(authorize(options)).rejects.toThrow(/invalid json|not valid JSON|Unterminated/i);
    }
  });
});
