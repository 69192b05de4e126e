import { describe, expect, it } from 'vitest';

import { oauthCredential } from '../../../../test/support/adobe-ims/credentials.ts';
import { failureOf } from '../../../../test/support/adobe-ims/failure.ts';
import { json, serve } from '../../../../test/support/adobe-ims/server.ts';

describe('readRefusal', () => {
  it.each([
    [{ error: 'x_code', error_description: 'Some words' }, 'x_code, "Some words"'],
    [{ error_code: '403010', message: 'Api key is missing' }, '403010, "Api key is missing"'],
    [{ error_code: 403010, message: 'Api key is missing' }, '403010, "Api key is missing"'],
    [{ errorCode: 'x_code', errorDescription: 'Some words' }, 'x_code, "Some words"'],
    [{ title: 'Forbidden by policy' }, 'no error code, "Forbidden by policy"'],
    [{ title: 'Forbidden', detail: 'Blocked by policy' }, 'no error code, "Blocked by policy"'],
    [{ error: { code: 'x_code', message: 'Some words' } }, 'x_code, "Some words"'],
    [{ errors: [{ code: 'x_code', message: 'Some words' }] }, 'x_code, "Some words"'],
    [{ errors: [{ title: 'Some words' }, { title: 'Others' }] }, 'no error code, "Some words"'],
    [{ fault: { faultstring: 'Some words', errorcode: 'x_code' } }, 'x_code, "Some words"'],
    [{ reason: 'Blocked by policy' }, 'no error code, "Blocked by policy"'],
    [{ errors: null, fault: [], error: 7 }, '7, without a description'],
    [
      { error: '', error_code: 'x_code', error_description: ' ', message: 'Some words' },
      'x_code, "Some words"',
    ],
    [{}, 'no error code, without a description'],
  ])('quotes %j', async (body, words) => {
    const { origin } = await serve(json(403, body));
    const failure = await failureOf(oauthCredential(origin));
    expect(failure.code).toBe('ims_refused');
    expect(failure.diagnosis).toContain(`(HTTP 403): ${words}.`);
  });

  it.each(['message', 'errorDescription', 'title', 'error_code'])(
    'withholds a secret in %s',
    async (field) => {
      const { origin, received } = await serve((response, { form }) => {
        response.writeHead(400).end(JSON.stringify({ [field]: `no: ${form.get('client_secret')}` }));
      });
      const failure = await failureOf(oauthCredential(origin));
      const secret = received[0]?.form.get('client_secret') ?? '';
      expect(secret).not.toBe('');
      expect(failure.diagnosis).not.toContain(secret);
      expect(failure.diagnosis).toContain('[withheld');
    },
  );

  it('reads a success with a word in title as a response without a token', async () => {
    const { origin } = await serve(json(200, { title: 'Hello', code: 7 }));
    expect((await failureOf(oauthCredential(origin))).code).toBe('ims_answer_unreadable');
  });
});
