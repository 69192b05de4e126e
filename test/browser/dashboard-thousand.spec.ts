import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { logIn, openBrowser, openPage } from './support/browser.ts';
import { countTransfer } from './support/transfer.ts';

const NAMES = Array.from({ length: 1000 }, (_, index) => `aem-${String(index).padStart(4, '0')}`);

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  workplace = await makeWorkplace();
  const document = await workplace.addCredential('aem-0000', { kind: 'oauth' });
  await Promise.all(NAMES.map((name) => workplace.store(name, document)));
  [service, browser] = await Promise.all([workplace.startService({ LOG_LEVEL: 'fatal' }), openBrowser()]);
  await ready(service);
});

afterAll(async () => {
  await browser.close();
  await workplace.close();
});

describe('the dashboard of a thousand credentials', () => {
  it('takes less than 300 kB to travel, and says of each how it is', async () => {
    const { page, context } = await openPage(browser);
    const transferred = await countTransfer(page);
    await logIn(page, service.origin, DEMO_KEY);
    await page.getByText('1000 credentials', { exact: true }).waitFor();
    await page.getByRole('button', { name: '1000 healthy' }).waitFor();
    expect(transferred()).toBeGreaterThan(10_000);
    expect(transferred()).toBeLessThan(300_000);
    expect(await page.locator('.credential').count()).toBe(1000);
    expect(await page.locator('.credential .badge').allTextContents()).toEqual(NAMES.map(() => 'healthy'));
    await context.close();
  });

  it('finds one of them, follows it, and puts it on top when it goes wrong', async () => {
    const { page, context } = await openPage(browser);
    await logIn(page, service.origin, DEMO_KEY);
    await page.getByText('1000 credentials', { exact: true }).waitFor();
    await page.getByLabel('Search').fill('0777');
    await page.getByText('1 of 1000 credentials').waitFor();
    await page.getByLabel('Search').fill('');
    await page.getByText('1000 credentials', { exact: true }).waitFor();
    await workplace.store('aem-0777', '{"integration": nonsense');
    service.lookNow();
    await page.getByText('aem-0777’s token ends in').waitFor();
    const first = page.locator('.credential').first();
    expect(await first.locator('.name').textContent()).toBe('aem-0777');
    expect(await first.locator('.badge').textContent()).toBe('degraded');
    await page.locator('#trouble a').click();
    await first.getByText('What is wrong, and what to do').waitFor();
    await context.close();
  });
});
