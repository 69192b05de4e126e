import { describe, expect, it } from 'vitest';

import { SourceUnavailable } from '#libs/tokens';

import { nameOf } from '../../../../test/support/store-fixtures.ts';
import { actionOf, startGateway } from '../../../../test/support/credential-sources/gateway.ts';
import { SecretsManagerFixture } from '../../../../test/support/credential-sources/secrets-manager-fixture.ts';

describe('AwsSecretsManagerSource with a gateway that answers instead of AWS', () => {
  it.each([
    ['an empty answer', 200, ''],
    ['an empty object', 200, '{}'],
    ['a list that is none', 200, '{"SecretList":"MARKED"}'],
    ['a list of something else', 200, '{"SecretList":[{}]}'],
    ['a web page', 200, '<html>MARKED</html>'],
    ['a web page of a gateway', 502, '<html>MARKED</html>'],
    ['an error of another kind', 404, '{"message":"MARKED"}'],
  ])('fails instead of listing no secrets after %s', async (__, status, body) => {
    await using aws = await SecretsManagerFixture.make();
    await using gateway = await startGateway((_, response) => response.writeHead(status).end(body));
    const source = aws.sourceWith({ endpoint: gateway.endpoint });
    const error: unknown = await source.list().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SourceUnavailable);
    expect(String(error)).not.toContain('MARKED');
  });

  it('does not treat a secret as removed after an empty answer', async () => {
    await using aws = await SecretsManagerFixture.make();
    await using gateway = await startGateway((_, response) => response.end('{}'));
    const source = aws.sourceWith({ endpoint: gateway.endpoint });
    expect(await source.read(nameOf('aem-dev'), 'AWSCURRENT')).toMatchObject({
      content: { code: 'credential_unreadable', diagnosis: expect.stringContaining('MalformedAnswer') },
    });
  });
});

/** A terminal sequence, C1, an override of the writing direction, a separator, a line break. */
const ODD = '\u001b[31m\u009b\u202e\u2028\n';
const isClean = (text: string): boolean => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);

describe('AwsSecretsManagerSource with names that hold control characters', () => {
  it.each([
    [400, JSON.stringify({ __type: `Odd${ODD}Exception`, message: ODD })],
    [503, JSON.stringify({ __type: ODD })],
    [400, JSON.stringify({ code: 'x'.repeat(10_000) + ODD })],
  ])('escapes an error code of HTTP %d', async (status, body) => {
    await using aws = await SecretsManagerFixture.make();
    await using gateway = await startGateway((_, response) => response.writeHead(status).end(body));
    const error: unknown = await aws.sourceWith({ endpoint: gateway.endpoint }).list().catch(String);
    expect(error).toSatisfy((text: string) => isClean(text) && text.length < 1000);
  });

  it('escapes names of secrets, versions, and codes of a batch', async () => {
    await using aws = await SecretsManagerFixture.make();
    const stages = { [`v1${ODD}`]: ['AWSCURRENT'], [`v0${ODD}`]: ['AWSPREVIOUS'] };
    const listed = {
      SecretList: [
        { Name: `ims/aem${ODD}`, ARN: ODD },
        { Name: 'ims/aem-dev', SecretVersionsToStages: stages },
        { Name: 'ims/aem-gone', SecretVersionsToStages: stages },
      ],
    };
    const read = {
      SecretValues: [{ Name: 'ims/aem-dev', ARN: ODD, VersionId: `v1${ODD}`, SecretString: '{}' }],
      Errors: [{ SecretId: 'ims/aem-gone', ErrorCode: `Odd${ODD}`, Message: ODD }],
    };
    await using gateway = await startGateway((request, response) => {
      response.end(JSON.stringify(actionOf(request) === 'ListSecrets' ? listed : read));
    });
    const source = aws.sourceWith({ endpoint: gateway.endpoint });
    const listing = await source.list();
    expect(listing.map(({ name }) => name)).toEqual(['aem-dev', 'aem-gone']);
    expect(aws.skipped).toHaveLength(1);
    const texts = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(texts);
    for (const text of texts([listing, aws.skipped, source.omissions])) expect(text).toSatisfy(isClean);
    expect(listing[0]?.version).toBe('v1\\u{1b}[31m\\u{9b}\\u{202e}\\u{2028}\\u{a}');
  });
});
