import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { figure, type Benchmark } from '../benchmark.ts';
import { DashboardPage } from '../dashboard-page.ts';
import { firstAnswer } from '../first-answer.ts';
import { alternate } from '../rounds.ts';
import { AUTHORIZATION, type Workplace } from '../workplace.ts';

const PROMISED_MS = 2000;

/** How soon people see that a refresh failed. */
export async function failureOnPage(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const document = await workplace.makeCredential('oauth');
  const { CLIENT_ID: clientId } = JSON.parse(document) as { CLIENT_ID: string };
  const folder = await workplace.credentialFolder({ 'aem-dev': document });
  const service = workplace.tokenService(folder);
  const origin = await service.listening();
  await (await firstAnswer(origin, '/v1/tokens/aem-dev')).body?.cancel();
  const page = await DashboardPage.open(origin);
  await page.load(1);
  let version = 0;
  /** A new version of the document, so that there is an exchange. */
  const store = async (): Promise<void> => {
    version += 1;
    await writeFile(join(folder, 'aem-dev.json'), document + ' '.repeat(version));
    service.hangUp();
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
  const measured = await alternate(rounds, measure, () => Promise.resolve(PROMISED_MS));
  await page.close();
  return {
    title: 'A failure, until people see it',
    subject: 'the dashboard',
    baseline: 'what is promised',
    figures: [figure('From the failed exchange to the open page', 'ms', measured, (took) => took)],
    explanation: `From the moment that status and log give for a refused exchange to the dashboard, open in headless Chromium on the same machine, showing
the credential as degraded. One process; where vending and refreshing are processes of their own, the news travels through Redis and takes up to a second more.`,
  };
}
