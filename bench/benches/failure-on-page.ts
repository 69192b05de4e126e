import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { figure, type Benchmark } from '../benchmark.ts';
import { DashboardPage } from '../dashboard-page.ts';
import { firstSuccess } from '../first-success.ts';
import { alternate } from '../rounds.ts';
import { AUTHORIZATION, type Workplace } from '../workplace.ts';

const LIMIT_MS = 2000;

/** Measures the time from a failed exchange until the dashboard shows it. */
export async function failureOnPage(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const document = await workplace.makeCredential('oauth');
  const { CLIENT_ID: clientId } = JSON.parse(document) as { CLIENT_ID: string };
  const folder = await workplace.credentialFolder({ 'aem-dev': document });
  const service = workplace.tokenService(folder);
  const origin = await service.listening();
  await (await firstSuccess(origin, '/v1/tokens/aem-dev')).body?.cancel();
  const page = await DashboardPage.open(origin);
  await page.load(1);
  let version = 0;
  /** Stores a new version of the document, so that the service exchanges it. */
  const store = async (): Promise<void> => {
    version += 1;
    await writeFile(join(folder, 'aem-dev.json'), document + ' '.repeat(version));
    service.sendSighup();
  };
  const faults = async (list: readonly unknown[]): Promise<void> => {
    await fetch(`${workplace.imsOrigin}/sandbox/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ faults: list }),
    });
  };
  const measure = async (): Promise<number> => {
    await faults([{ kind: 'status', status: 503, clientId }]);
    await store();
    await page.until(`document.querySelector('.credential[data-state=degraded]') !== null`);
    const seen = Date.now();
    const status = await (await fetch(`${origin}/v1/status/aem-dev`, { headers: AUTHORIZATION })).json();
    const { last_failure: failure } = status as { last_failure: { at: string } };
    await faults([]);
    await store();
    await page.until(`document.querySelector('.credential[data-state=healthy]') !== null`);
    return seen - Date.parse(failure.at);
  };
  const measured = await alternate(rounds, measure, () => Promise.resolve(LIMIT_MS));
  await page.close();
  return {
    title: 'From a failed exchange to the dashboard',
    subject: 'the dashboard',
    baseline: 'the limit',
    figures: [figure('From the failed exchange to the open page', 'ms', measured, (took) => took)],
    explanation: `From the time of the refused exchange in status and log, until the dashboard shows the credential as
degraded. The dashboard is open in headless Chromium on the same machine. One process; with separate
roles, the failure travels through Redis, which takes up to a second more.`,
  };
}
