import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { floodWithWrongKeys, wholeRounds } from '../support/anonymous-flood.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

/** More than the backlog of 16 MiB holds, at about 560 bytes a line. */
const FLOOD = wholeRounds(36_000);
const VENDS = 200;
/** A name of 200 characters that the audit shows as it is. */
const LONG_NAME = 'no%20such%20'.repeat(25);

vi.setConfig({ testTimeout: 300_000 });

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
});

afterAll(() => workplace.close());

type Line = Record<string, unknown>;
const parsed = (service: ServiceProcess, event: string): Line[] =>
  service.logLines
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as Line);

async function vend(service: ServiceProcess, id: string): Promise<number> {
  const answer = await fetch(`${service.origin}/v1/tokens/aem-dev`, {
    headers: { authorization: `Bearer ${DEMO_KEY}`, 'x-request-id': id },
  });
  await answer.text();
  return answer.status;
}

async function metric(service: ServiceProcess, name: string): Promise<number> {
  const answer = await fetch(`${service.origin}/metrics`, {
    headers: { authorization: `Bearer ${DEMO_KEY}` },
  });
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

it('a flood of wrong keys, while the reader of the log pauses, costs no audit line of a token, and is counted in full', async () => {
  const service = await ServiceProcess.start({
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: workplace.credentialFolder,
    CALLERS_FILE: workplace.callersFile,
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
  });
  await eventually(
    () => vend(service, 'first'),
    (status) => status === 200,
  );
  service.pauseReading();
  const flood = floodWithWrongKeys(service.origin, `/v1/tokens/${LONG_NAME}`, FLOOD);
  for (let number = 0; number < VENDS; number += 1) expect(await vend(service, `vend-${number}`)).toBe(200);
  await flood;
  for (let number = 0; number < VENDS; number += 1) expect(await vend(service, `late-${number}`)).toBe(200);
  expect(await metric(service, 'ims_authentication_failures_total')).toBe(FLOOD);
  const omitted = await metric(service, 'ims_audit_omitted_refusals_total');
  expect(omitted).toBeGreaterThan(FLOOD / 2);
  expect(await metric(service, 'ims_log_dropped_lines_total')).toBe(0);

  service.resumeReading();
  const refused = (): Line[] => parsed(service, 'token.requested').filter(({ caller }) => caller === null);
  const stated = (): number =>
    parsed(service, 'audit.sampled').reduce((sum, { requests }) => sum + Number(requests), 0);
  await eventually(
    () => Promise.resolve(refused().length + stated()),
    (count) => count >= FLOOD,
  );
  expect(stated()).toBe(omitted);
  expect(refused()).toHaveLength(FLOOD - omitted);
  expect(refused()[0]).toMatchObject({ client_address: '127.0.0.1' });
  expect(parsed(service, 'audit.sampled')[0]).toMatchObject({
    by_address: [{ client_address: '127.0.0.1', requests: expect.any(Number) as number }],
  });
  const vended = parsed(service, 'token.requested')
    .filter(({ outcome }) => outcome === 'vended')
    .map(({ request_id: id }) => id);
  expect(new Set(vended).size).toBe(2 * VENDS + 1);
  expect(await service.stop()).toBe(0);
});
