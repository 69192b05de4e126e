import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEMO_KEY } from '../support/token-service.ts';
import { logIn, openBrowser, openPage } from './support/browser.ts';
import { openSite, type Site } from './support/site.ts';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

/** What axe finds, each as its rule and the elements at fault. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (
      window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

const FACES: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'on a phone': { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
};

describe('the dashboard', () => {
  it.each(Object.keys(FACES))('gives axe nothing to find (%s)', async (face) => {
    const { page, context } = await openPage(browser, { bypassCSP: true, ...FACES[face] });
    await page.goto(`${site.service.origin}/dashboard`);
    await page.getByLabel('Your caller key').waitFor();
    expect(await findings(page)).toEqual([]);
    await logIn(page, site.service.origin, DEMO_KEY, '#credential-aem-broken');
    await page.getByText('What is wrong, and what to do').waitFor();
    await page.locator('#credential-aem-stage summary').click();
    await page.getByRole('button', { name: '3 healthy' }).click();
    expect(await findings(page)).toEqual([]);
    await context.close();
  });

  it.each([320, 768, 1024, 1920])('fits a window %i pixels wide', async (width) => {
    const { page, context } = await openPage(browser, { viewport: { width, height: 700 } });
    await logIn(page, site.service.origin, DEMO_KEY, '#credential-aem-broken');
    await page.getByText('What is wrong, and what to do').waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await context.close();
  });

  it('can be used with the keyboard alone', async () => {
    const { page, context } = await openPage(browser);
    const press = async (key: string, times = 1): Promise<void> => {
      for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
    };
    const focused = (): Promise<string> =>
      page.evaluate(() => document.activeElement?.closest('[id]')?.id ?? '');
    await page.goto(`${site.service.origin}/dashboard`);
    await page.getByLabel('Your caller key').waitFor();
    await page.keyboard.type(DEMO_KEY);
    await press('Enter');
    await page.getByText('4 credentials', { exact: true }).waitFor();
    await page.getByLabel('Search').focus();
    await page.keyboard.type('PROD');
    await page.getByText('1 of 4 credentials').waitFor();
    await press('Tab');
    expect(await focused()).toBe('credential-aem-prod');
    await press('Enter');
    await page.locator('#credential-aem-prod').getByText('What happened lately').waitFor();
    expect(page.url()).toBe(`${site.service.origin}/dashboard#credential-aem-prod`);
    await press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Link to aem-prod',
    );
    await context.close();
  });

  it('finds by state and by code, and shows only the states that one chooses', async () => {
    const { page, context } = await openPage(browser);
    await logIn(page, site.service.origin, DEMO_KEY);
    const names = () => page.locator('.credential .name').filter({ visible: true }).allTextContents();
    await page.getByLabel('Search').fill('invalid_json');
    await page.getByText('1 of 4 credentials').waitFor();
    expect(await names()).toEqual(['aem-broken']);
    await page.getByLabel('Search').fill('');
    await page.getByRole('button', { name: '3 healthy' }).click();
    await page.getByText('3 of 4 credentials').waitFor();
    expect(await names()).toEqual(['aem-stage', 'aem-dev', 'aem-prod']);
    await page.getByRole('button', { name: '3 healthy' }).click();
    await page.getByText('4 credentials', { exact: true }).waitFor();
    await context.close();
  });

  it('opens the row that a link names', async () => {
    const { page, context } = await openPage(browser);
    await logIn(page, site.service.origin, DEMO_KEY);
    await page.getByRole('link', { name: 'Link to aem-stage' }).click();
    await page.locator('#credential-aem-stage').getByText('What happened lately').waitFor();
    await page.locator('#trouble a').click();
    await page.locator('#credential-aem-broken').getByText('What is wrong, and what to do').waitFor();
    expect(new URL(page.url()).hash).toBe('#credential-aem-broken');
    await context.close();
  });
});
