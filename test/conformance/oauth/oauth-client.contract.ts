import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OAUTH_CALLERS, PLAIN_KEY } from '../../support/oauth-callers.ts';
import { makeWorkplace, ready, type RunningService } from '../../support/token-service.ts';

/** What a client library is told before it asks. */
export interface ClientSettings {
  readonly origin: string;
  readonly id: string;
  readonly secret: string;
}

/** What a client library made of an answer. */
interface ClientToken {
  readonly accessToken: string;
  readonly expiresIn: number;
}

/** One published OAuth library, behind the few operations that the contract needs. */
export interface OAuthClient {
  /** The ways it can send id and secret, one of them at a time. */
  readonly ways: readonly string[];
  /** The oddest secret it takes. */
  readonly oddSecret: string;
  ask(settings: ClientSettings, way: string, scope: string): Promise<ClientToken>;
  /** The OAuth error in what it threw, read as its documentation says. */
  errorOf(thrown: unknown): unknown;
}

/** One that also keeps its token. */
export interface KeepingOAuthClient extends OAuthClient {
  /** Keeps a token as the library's documentation says. The returned function renews it in time. */
  keep(settings: ClientSettings, scope: string): Promise<() => Promise<string>>;
}

const settled = async (asked: Promise<unknown>): Promise<unknown> => {
  try {
    await asked;
  } catch (error) {
    return error;
  }
  throw new Error('expected a refusal');
};

/** What every client library must be able to do with this service, over HTTP. */
export function describeOAuthClient(name: string, client: OAuthClient): void {
  describe(`an OAuth client: ${name}`, () => {
    let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
    let service: RunningService;

    beforeAll(async () => {
      workplace = await makeWorkplace(OAUTH_CALLERS);
      await workplace.addCredential('aem-dev');
      service = await workplace.startService();
      await ready(service);
    });

    afterAll(() => workplace.close());

    const plain = (): ClientSettings => ({ origin: service.origin, id: 'catalog-sync', secret: PLAIN_KEY });

    it.each(client.ways)('gets a token that AEM takes, by %s', async (way) => {
      const { accessToken, expiresIn } = await client.ask(plain(), way, 'aem-dev');
      const aem = await fetch(`${workplace.imsOrigin}/aem/content.json`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      expect(aem.status).toBe(200);
      expect(expiresIn).toBeGreaterThan(900);
      expect(expiresIn).toBeLessThanOrEqual(86_400);
    });

    it.each(client.ways)('gets through with odd characters in the secret, by %s', async (way) => {
      const odd = { origin: service.origin, id: 'odd-one', secret: client.oddSecret };
      expect((await client.ask(odd, way, 'aem-dev')).accessToken).not.toBe('');
    });

    it.each(client.ways)('understands that its secret is wrong, by %s', async (way) => {
      const thrown = await settled(client.ask({ ...plain(), secret: 'wrong' }, way, 'aem-dev'));
      expect(client.errorOf(thrown)).toBe('invalid_client');
    });

    it.each(client.ways)('understands that its scope is wrong, by %s', async (way) => {
      const thrown = await settled(client.ask(plain(), way, 'aem-prod other'));
      expect(client.errorOf(thrown)).toBe('invalid_scope');
      expect(client.errorOf(await settled(client.ask(plain(), way, 'stage')))).toBe('invalid_scope');
    });

    it('gets the same token for all who ask at once, for one exchange', async () => {
      const [way = ''] = client.ways;
      const tokens = await Promise.all(
        Array.from({ length: 100 }, () => client.ask(plain(), way, 'aem-dev')),
      );
      expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1);
      const { byClient } = (await (await workplace.control('GET', '/requests')).json()) as {
        byClient: Record<string, { issued: number }>;
      };
      expect(Object.values(byClient).map(({ issued }) => issued)).toEqual([1]);
    });
  });
}
