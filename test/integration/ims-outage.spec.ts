import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { makeWorkplace, type RunningService } from '../support/token-service.ts';

const CREDENTIALS = 12;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace();
  for (let index = 0; index < CREDENTIALS; index += 1) await workplace.addCredential(`aem-${index}`);
});

afterAll(() => workplace.close());

/** Without credentials while the service starts. */
interface Status {
  readonly credentials?: readonly { readonly last_failure: unknown }[];
}

interface Line {
  readonly level: string;
  readonly event?: string;
}
const lines = (): Line[] => service.logLines.map((line) => JSON.parse(line) as Line);
const linesOf = (event: string): Line[] => lines().filter((line) => line.event === event);

describe('the log of an outage of IMS', () => {
  it('has one event when it begins, one when it ends, and no error for each attempt', async () => {
    await workplace.control('PUT', '/faults', { faults: [{ kind: 'status', status: 503 }] });
    service = await workplace.startService();
    await eventually(
      async () => {
        const { credentials = [] } = (await (await service.get('/v1/status')).json()) as Status;
        return credentials.filter((credential) => credential.last_failure !== null).length;
      },
      (failed) => failed === CREDENTIALS,
    );
    await workplace.control('DELETE', '/faults');
    await eventually(
      () => {
        service.lookNow();
        return Promise.resolve(linesOf('ims.up').length);
      },
      (count) => count > 0,
    );
    expect(linesOf('ims.down')).toMatchObject([
      { level: 'error', credentials_failing: 3, code: 'ims_unavailable' },
    ]);
    expect(linesOf('ims.up')).toMatchObject([{ level: 'warn', credentials_affected: CREDENTIALS }]);
    expect(linesOf('exchange.failed').length).toBeLessThanOrEqual(2 + 1);
  });
});
