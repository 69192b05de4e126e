import { inspect } from 'node:util';

import type { Credential } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { makeServiceCredentials } from '../../../../test/support/service-credentials.ts';
import { makeLocalToken } from '../../../../test/support/credential-sources/local-token.ts';
import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { NOW, parse } from '../../../../test/support/credential-sources/parse.ts';

const MARK = 'MARKEDSECRET';
const made = await makeServiceCredentials({ clientSecret: MARK });
const accessToken = makeLocalToken({ created_at: NOW, expires_in: 3_600_000, user: MARK });
const keyLines = made.document.integration.privateKey.split('\r\n').filter((line) => line.length > 40);
const secrets = [MARK, ...keyLines, accessToken, ...accessToken.split('.')];

const documents: ReadonlyArray<readonly [string, unknown]> = [
  ['jwt', made.document],
  ['bare jwt', made.document.integration],
  ['oauth', oauthDocument({ CLIENT_SECRETS: [MARK, MARK] })],
  ['workspace', { oauth_server_to_server: { client_id: 'x', client_secrets: [MARK], scopes: ['a'] } }],
  ['local', { accessToken }],
];

/** A value as a log, an error page or a debugger may show it. */
const printed = (value: unknown): string => `${JSON.stringify(value)}\n${inspect(value, { depth: null })}`;

/** The results of parsing these documents that show a secret. */
function leaksIn(documents: Iterable<unknown>): string[] {
  const leaks: string[] = [];
  for (const document of documents) {
    const parsed = parse(document);
    // A good credential prints its client id and scopes, which are not secret.
    const text = printed(parsed.kind === 'problem' ? parsed : secretParts(parsed));
    if (secrets.some((secret) => text.includes(secret))) leaks.push(text);
  }
  return leaks;
}

function secretParts(credential: Credential): unknown {
  if (credential.kind === 'local') return credential.token;
  return credential.kind === 'jwt'
    ? [credential.clientSecret, credential.privateKey]
    : credential.clientSecrets;
}

/** The text cut short, and with a wrong character, at about 300 places. */
function* damaged(text: string): Generator<string> {
  const step = Math.max(1, Math.floor(text.length / 300));
  for (let at = 0; at < text.length; at += step) {
    yield text.slice(0, at);
    for (const wrong of ['\\', '"', '\u0000', '}', '\n'])
      yield `${text.slice(0, at)}${wrong}${text.slice(at + 1)}`;
  }
}

/** The document with each of its values in turn, at every depth, replaced by `value`. */
function* withEachValue(document: unknown, value: unknown): Generator {
  if (typeof document !== 'object' || document === null) return;
  for (const [key, inner] of Object.entries(document)) {
    const put = (replacement: unknown): unknown =>
      Array.isArray(document) ? document.with(Number(key), replacement) : { ...document, [key]: replacement };
    yield put(value);
    for (const changed of withEachValue(inner, value)) yield put(changed);
  }
}

describe.each(documents)('parseCredential prints no secret of a %s document', (_, document) => {
  it('that is good', () => {
    const parsed = parse(document);
    expect(parsed.kind).not.toBe('problem');
    expect(secrets.filter((secret) => printed(parsed).includes(secret))).toEqual([]);
  });

  it('that is cut short or damaged anywhere', () => {
    expect(leaksIn(damaged(JSON.stringify(document, null, 2)))).toEqual([]);
  });

  it.each([[null], [7], [''], [MARK], [[MARK]], [{ [MARK]: MARK }], [`${MARK} ${MARK}`]])(
    'with %j as the value of any field',
    (value) => {
      expect(leaksIn(withEachValue(document, value))).toEqual([]);
    },
  );
});

it('parseCredential prints no field name that Adobe does not use: it may be a secret in the wrong place', () => {
  expect(leaksIn([{ [MARK]: 1 }, oauthDocument({ SCOPES: [], [MARK]: 1 })])).toEqual([]);
});
