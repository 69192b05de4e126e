import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeWorkplace, type RunningService } from '../support/token-service.ts';
import { openBrowser, openPage } from './support/browser.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  workplace = await makeWorkplace();
  service = await workplace.startService();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await workplace.close();
});

describe('/docs in a browser', () => {
  it.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'dark', width: 390 },
  ] as const)('is accessible, complete and fits: $colorScheme, $width px', async ({ colorScheme, width }) => {
    const viewport = { width, height: 844 };
    const { page, context, complaints } = await openPage(browser, { colorScheme, viewport });
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(service.origin)) elsewhere.push(request.url());
    });
    await page.goto(`${service.origin}/docs`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const { axe: injected } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await injected.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
    expect({ violations, elsewhere, complaints }).toEqual({ violations: [], elsewhere: [], complaints: [] });
    await context.close();
  });

  it('is usable by keyboard: Tab reaches the list of requests, Enter jumps to one', async () => {
    const { page, context, complaints } = await openPage(browser);
    await page.goto(`${service.origin}/docs`);
    const link = page.getByRole('link', { name: 'GET /v1/tokens/{name}', exact: true });
    for (let presses = 0; presses < 10; presses += 1) {
      await page.keyboard.press('Tab');
      if (await link.evaluate((element) => element === document.activeElement)) break;
    }
    await page.keyboard.press('Enter');
    expect(page.url()).toBe(`${service.origin}/docs#getToken`);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
