import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace();
  service = await workplace.startService();
  await ready(service);
});

afterAll(() => workplace.close());

/**
 * The challenges of an answer, one for each header line: some clients read only the first scheme of a line.
 */
async function challenges(method: string, path: string, authorization?: string): Promise<unknown> {
  const headers = authorization === undefined ? {} : { authorization };
  const sent = request(service.origin + path, { method, headers });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  return [answer.statusCode, answer.headersDistinct['www-authenticate']];
}

const BEARER = 'Bearer realm="ims-token-service"';
const BASIC = 'Basic realm="ims-token-service", charset="UTF-8"';

describe('a 401', () => {
  it.each([
    ['GET', '/v1/tokens/aem-dev'],
    ['HEAD', '/v1/tokens/aem-dev'],
    ['POST', '/v1/tokens/aem-dev/refresh'],
    ['POST', '/v1/tokens/aem-dev/revoke'],
    ['GET', '/v1/status'],
    ['GET', '/metrics'],
  ])('of %s %s offers each scheme in a line of its own', async (method, path) => {
    expect(await challenges(method, path)).toEqual([401, [BEARER, BASIC]]);
    expect(await challenges(method, path, 'Bearer wrong')).toEqual([401, [BEARER, BASIC]]);
    expect(await challenges(method, path, 'Digest x')).toEqual([401, [BEARER, BASIC]]);
  });

  it.each([undefined, 'Bearer wrong', 'Basic eDp5'])(
    'of /oauth/token has the challenge of its scheme, with Authorization: %s',
    async (authorization) => {
      expect(await challenges('POST', '/oauth/token', authorization)).toEqual([401, [BASIC]]);
    },
  );

  it.each([undefined, 'Bearer wrong', 'Basic eDp5'])(
    'of a request by the dashboard page opens no dialog of the browser, with Authorization: %s',
    async (authorization) => {
      expect(await challenges('GET', '/dashboard/events', authorization)).toEqual([401, [BEARER]]);
    },
  );
});
