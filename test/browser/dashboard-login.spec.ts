import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { DEMO_KEY } from '../support/token-service.ts';
import { logIn, openBrowser, openPage, type OpenPage } from './support/browser.ts';
import { DEMO_MAY, GUEST_KEY, openSite, type Site } from './support/site.ts';

let site: Site;
let browser: Browser;
let opened: OpenPage | null = null;

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), openBrowser()]);
});

afterEach(async () => {
  await opened?.context.close();
  opened = null;
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

async function open(username?: string, password?: string) {
  opened = await openPage(
    browser,
    username === undefined || password === undefined ? {} : { httpCredentials: { username, password } },
  );
  return opened.page;
}

describe('logging in to the dashboard', () => {
  it('asks an unknown visitor for a key, and shows nothing', async () => {
    const page = await open();
    await page.goto(`${site.service.origin}/dashboard`);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.getByRole('alert').filter({ visible: true }).count()).toBe(0);
    expect(await page.content()).not.toContain('aem-');
  });

  it('takes a key, and leaves it neither in the field nor in any storage', async () => {
    const page = await open();
    await logIn(page, site.service.origin, DEMO_KEY);
    expect(await page.locator('#connection').textContent()).toBe('Live, as demo');
    expect(await page.locator('#key').inputValue()).toBe('');
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });

  it('says so where the key is wrong, and takes the right one then', async () => {
    const page = await open();
    await page.goto(`${site.service.origin}/dashboard`);
    await page.getByLabel('Your caller key').fill('key-of-nobody');
    await page.keyboard.press('Enter');
    await page
      .getByText('This key belongs to no caller: check it, or have it added to the callers file.')
      .waitFor();
    await page.getByLabel('Your caller key').fill(DEMO_KEY);
    await page.keyboard.press('Enter');
    await page.getByText('Live, as demo').waitFor();
    expect(await page.getByRole('alert').filter({ visible: true }).count()).toBe(0);
  });

  it('says so where the caller may not see any status', async () => {
    const page = await open();
    await page.goto(`${site.service.origin}/dashboard`);
    await page.getByLabel('Your caller key').fill(GUEST_KEY);
    await page.keyboard.press('Enter');
    await page.getByText('The caller guest does not have the permission "status".').waitFor();
    expect(await page.content()).not.toContain('aem-');
  });

  it('works with the browser’s own dialog, survives a reload, and keeps the link to a credential', async () => {
    const page = await open('demo', DEMO_KEY);
    await page.goto(`${site.service.origin}/dashboard#credential-aem-prod`);
    await page.getByRole('link', { name: 'use the browser’s own log-in' }).click();
    await page.getByText('Live, as demo').waitFor();
    expect(page.url()).toBe(`${site.service.origin}/dashboard#credential-aem-prod`);
    await page.locator('#credential-aem-prod').getByText('What happened lately').waitFor();
    await page.reload();
    await page.getByText('Live, as demo').waitFor();
    await page.locator('#credential-aem-prod').getByText('What happened lately').waitFor();
  });

  it('leads back from a log-in that did not work out', async () => {
    const page = await open('demo', 'not the key');
    const answer = await page.goto(`${site.service.origin}/dashboard/login`);
    expect(answer?.status()).toBe(401);
    await page.getByRole('link', { name: 'Back to the dashboard' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it('ends with the log-out', async () => {
    const page = await open();
    await logIn(page, site.service.origin, DEMO_KEY);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.content()).not.toContain('aem-');
  });

  it('shows less at once when the callers file allows less, and nothing when the caller is taken out of it', async () => {
    const page = await open();
    await logIn(page, site.service.origin, DEMO_KEY);
    await page.getByText('4 credentials', { exact: true }).waitFor();
    await site.callers(DEMO_MAY.seeOne);
    await page.getByText('1 credential', { exact: true }).waitFor();
    expect(await page.locator('.credential .name').allTextContents()).toEqual(['aem-dev']);
    await site.callers(DEMO_MAY.nothing);
    await page
      .getByText('This key belongs to no caller: check it, or have it added to the callers file.')
      .waitFor();
    expect(await page.content()).not.toContain('aem-');
    await site.callers(DEMO_MAY.everything);
  });
});
