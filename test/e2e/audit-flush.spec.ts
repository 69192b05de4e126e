import { expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

const BURST = 500;

it('a service that is told to stop right after a burst leaves a line of audit for each of its answers', async () => {
  const workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
  const service = await ServiceProcess.start({
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: workplace.credentialFolder,
    CALLERS_FILE: workplace.callersFile,
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
  });
  const get = (id: string): Promise<Response> =>
    fetch(`${service.origin}/v1/tokens/aem-dev`, {
      headers: { authorization: `Bearer ${DEMO_KEY}`, 'x-request-id': id },
    });
  await eventually(
    () => get('first'),
    ({ status }) => status === 200,
  );
  const answers = await Promise.all(Array.from({ length: BURST }, (_, index) => get(`burst-${index}`)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await service.stop()).toBe(0);
  const audited = (): Promise<number> =>
    Promise.resolve(service.logLines.filter((line) => line.includes('"request_id":"burst-')).length);
  expect(await eventually(audited, (count) => count >= BURST)).toBe(BURST);
  await workplace.close();
});
