import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

const WAITING = 3_000;

it('a service that is told to stop answers the thousands who wait, and ends', async () => {
  const workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
  const service = await ServiceProcess.start({
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: workplace.credentialFolder,
    CALLERS_FILE: workplace.callersFile,
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    AUDIT: 'off',
  });
  const authorization = `Bearer ${DEMO_KEY}`;
  const get = (path: string): Promise<Response> =>
    fetch(`${service.origin}${path}`, { headers: { authorization } });
  const current = await eventually(
    () => get('/v1/tokens/aem-dev'),
    ({ status }) => status === 200,
  );
  const request =
    'GET /v1/tokens/aem-dev?wait=60 HTTP/1.1\r\nHost: x\r\n' +
    `Authorization: ${authorization}\r\nIf-None-Match: ${current.headers.get('etag')}\r\n\r\n`;
  const poll = async (socket: Socket): Promise<string> => {
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.write(request);
    await once(socket, 'close');
    return answer;
  };
  const { port } = new URL(service.origin);
  const polls = Array.from({ length: WAITING }, () => poll(connect(Number(port), '127.0.0.1')));
  const waiting = async (): Promise<string> => (await get('/metrics')).text();
  await eventually(waiting, (metrics) => metrics.includes(`ims_token_long_polls ${WAITING}\n`));
  expect(await service.stop()).toBe(0);
  const answers = await Promise.all(polls);
  const isAnswered = (answer: string): boolean =>
    answer.startsWith('HTTP/1.1 304 ') && /^connection: close\r$/im.test(answer);
  expect(answers.filter((answer) => !isAnswered(answer))).toEqual([]);
  await workplace.close();
});
