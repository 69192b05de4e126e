import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { asSet, namesInTables } from './tables.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace();
  service = await workplace.startService();
  await ready(service);
});

afterAll(() => workplace.close());

describe('docs/metrics.md', () => {
  it('lists exactly the metrics of the service', async () => {
    const text = await (await service.get('/metrics')).text();
    const there = [...text.matchAll(/^# TYPE (ims_\w+) (\w+)$/gm)].map(([, name = '']) => name);
    expect(asSet(await namesInTables('metrics.md'))).toEqual(asSet(there));
  });
});
