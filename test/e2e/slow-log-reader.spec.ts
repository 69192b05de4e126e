import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

const ROUNDS = 100;
const CROWD_A_ROUND = 20;
/** Touches the getter that makes a pipe non-blocking, as Node's own `Readable.pipe` does. */
const NON_BLOCKING = new URL('data:text/javascript,process.stdout');

vi.setConfig({ testTimeout: 300_000 });

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
});

afterAll(() => workplace.close());

async function startService(options: { readonly preload?: URL }): Promise<ServiceProcess> {
  const service = await ServiceProcess.start(
    {
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: workplace.credentialFolder,
      CALLERS_FILE: workplace.callersFile,
      IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    },
    options,
  );
  await eventually(
    () => vend(service, 'first'),
    (status) => status === 200,
  );
  return service;
}

async function vend(service: ServiceProcess, id: string, key = DEMO_KEY): Promise<number> {
  const answer = await fetch(`${service.origin}/v1/tokens/aem-dev`, {
    headers: { authorization: `Bearer ${key}`, 'x-request-id': id },
  });
  await answer.text();
  return answer.status;
}

/**
 * Vends tokens amid a crowd of other requests, whose lines no pipe could hold: by default requests with a
 * wrong key.
 */
async function flood(service: ServiceProcess, crowdKey = 'no-key'): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const vended = vend(service, `vend-${round}-`);
    const crowd = Array.from({ length: CROWD_A_ROUND }, () => vend(service, 'crowd-', crowdKey));
    expect(await vended).toBe(200);
    await Promise.all(crowd);
  }
}

const audited = (service: ServiceProcess, id: string): number =>
  service.logLines.filter((line) => line.includes(`"request_id":"${id}`)).length;

/** The refusals that the log states without a line for each. */
const omitted = (service: ServiceProcess): number =>
  service.logLines
    .filter((line) => line.includes('"event":"audit.sampled"'))
    .reduce((sum, line) => sum + (JSON.parse(line) as { requests: number }).requests, 0);

describe.each([
  ['blocking', {}],
  ['non-blocking', { preload: NON_BLOCKING }],
])('a reader of the log that pauses, with a pipe that is %s', (_, options) => {
  it('gets the audit line of each token once it reads again, and the number of refusals without one', async () => {
    const service = await startService(options);
    service.pauseReading();
    await flood(service);
    service.resumeReading();
    await eventually(
      () => Promise.resolve(audited(service, 'crowd-') + omitted(service)),
      (count) => count >= ROUNDS * CROWD_A_ROUND,
    );
    expect(audited(service, 'crowd-') + omitted(service)).toBe(ROUNDS * CROWD_A_ROUND);
    expect(omitted(service)).toBeGreaterThan(0);
    const perVend = Array.from({ length: ROUNDS }, (_, round) => audited(service, `vend-${round}-`));
    expect(perVend).toEqual(Array(ROUNDS).fill(1));
    expect(await service.stop()).toBe(0);
    expect(service.complaints).toBe('');
  });

  it('does not keep the service from stopping, which says how much of the log is lost', async () => {
    const service = await startService(options);
    service.pauseReading();
    await flood(service, DEMO_KEY);
    await service.stop();
    const complaints = await eventually(
      () => Promise.resolve(service.complaints),
      (text) => text !== '',
    );
    expect(complaints).toMatch(
      /^The process ends with [1-9]\d* lines of the log and the audit unwritten\.\n$/,
    );
  });
});
