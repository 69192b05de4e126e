import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEMO_KEY } from '../support/token-service.ts';
import { logIn, openBrowser, openPage } from './support/browser.ts';
import { DEMO_MAY, openSite, type Site } from './support/site.ts';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

interface Status {
  readonly state: string;
  readonly last_failure: { readonly code: string; readonly diagnosis: string } | null;
}

const statusOf = async (name: string): Promise<Status> =>
  (await (await site.service.get(`/v1/status/${name}`)).json()) as Status;

describe('the dashboard', () => {
  it('says each credential’s state in words, those that need attention first', async () => {
    const { page, context, complaints } = await openPage(browser);
    await logIn(page, site.service.origin, DEMO_KEY);
    await page.getByText('4 credentials', { exact: true }).waitFor();
    const names = await page.locator('.credential .name').allTextContents();
    expect(names).toEqual(['aem-broken', 'aem-stage', 'aem-dev', 'aem-prod']);
    expect(await page.locator('.credential .badge').allTextContents()).toEqual([
      'unhealthy',
      'healthy',
      'healthy',
      'healthy',
    ]);
    expect(await page.locator('#trouble').textContent()).toBe(
      'aem-broken has no token (credential_invalid_json).',
    );
    expect(await page.locator('#counts').textContent()).toBe('1 unhealthy0 expired0 degraded3 healthy');
    expect(await page.title()).toBe('(1) Credentials – ims-token-service');
    const stage = page.locator('#credential-aem-stage');
    expect(await stage.locator('.certificate').textContent()).toBe('certificate 11 days');
    expect(await stage.locator('.left').textContent()).toMatch(/^23 h 59 min left$|^24 h left$/);
    expect(await stage.locator('.next').textContent()).toMatch(/^refresh in 1\d h/);
    expect(await stage.locator('.timeline').getAttribute('aria-label')).toMatch(
      /^Lately: new token .*no failures$/,
    );
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await context.close();
  });

  it('names what the credential source skips, for as long as it does', async () => {
    const { page, context } = await openPage(browser);
    await logIn(page, site.service.origin, DEMO_KEY);
    await page.getByText(/Skipped, because the name is no credential’s: .*callers\.yaml/).waitFor();
    expect(await page.locator('#source-detail').isHidden()).toBe(true);
    await site.workplace.store('AEM Odd', '{}');
    site.service.lookNow();
    await page.getByText(/Skipped, .*AEM Odd\.json/).waitFor();
    await site.workplace.remove('AEM Odd');
    site.service.lookNow();
    await page.getByText('AEM Odd.json').waitFor({ state: 'detached' });
    await context.close();
  });

  it('shows a rotation while one looks on', async () => {
    const { page, context } = await openPage(browser);
    await logIn(page, site.service.origin, DEMO_KEY, '#credential-aem-dev');
    const row = page.locator('#credential-aem-dev');
    await row.getByText('What happened lately').waitFor();
    const before = await row.locator('.version').textContent();
    await site.rotate('aem-dev');
    await row.getByText('new token, first of a new version').waitFor();
    expect(await row.locator('.version').textContent()).not.toBe(before);
    expect(await row.locator('.timeline path.rotated').count()).toBe(1);
    await context.close();
  });

  it('shows a failure with the diagnosis that status, metrics and log have', async () => {
    const { page, context } = await openPage(browser);
    await logIn(page, site.service.origin, DEMO_KEY);
    await site.fail('aem-dev');
    const row = page.locator('#credential-aem-dev[data-state=degraded]');
    await row.locator('summary').click();
    const { last_failure: failure } = await statusOf('aem-dev');
    const { code = '', diagnosis = '' } = failure ?? {};
    expect(code).toBe('ims_unavailable');
    expect(await row.locator('.failure').textContent()).toBe(code);
    expect(await row.locator('.diagnosis').textContent()).toBe(diagnosis);
    expect(await page.locator('#news').textContent()).toMatch(
      /^$|^aem-dev is now degraded: ims_unavailable$/,
    );
    await page.getByText('aem-dev is now degraded: ims_unavailable').waitFor({ state: 'attached' });
    const metrics = await (await site.service.get('/metrics')).text();
    expect(metrics).toContain(`ims_token_exchanges_total{credential="aem-dev",outcome="${code}"}`);
    const logged = site.service.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged).toContainEqual(
      expect.objectContaining({ event: 'exchange.failed', credential: 'aem-dev', code, diagnosis }),
    );
    await context.close();
  });

  it('takes out what was removed, and takes in what is new', async () => {
    const { page, context } = await openPage(browser);
    await logIn(page, site.service.origin, DEMO_KEY);
    await page.locator('#credential-aem-prod').waitFor();
    await site.workplace.remove('aem-prod');
    await site.workplace.addCredential('aem-new', { kind: 'oauth' });
    site.service.lookNow();
    await page.locator('#credential-aem-new[data-state=healthy]').waitFor();
    await page.locator('#credential-aem-prod').waitFor({ state: 'detached' });
    expect(await page.locator('#found').textContent()).toBe('4 credentials');
    await context.close();
  });

  it('has no token anywhere on it', async () => {
    const { page, context } = await openPage(browser);
    await logIn(page, site.service.origin, DEMO_KEY, '#credential-aem-stage');
    await page.getByText('What happened lately').waitFor();
    const answer = await site.service.get('/v1/tokens/aem-stage', { accept: 'text/plain' });
    const token = await answer.text();
    const html = await page.content();
    expect(token.length).toBeGreaterThan(20);
    expect(html).not.toContain(token.slice(-20));
    expect(html).not.toContain(DEMO_KEY);
    expect(page.url()).not.toContain(DEMO_KEY);
    await context.close();
  });

  it('says that the callers file is broken, for as long as it is', async () => {
    const { page, context } = await openPage(browser);
    await logIn(page, site.service.origin, DEMO_KEY);
    await site.callers('callers: [');
    await page.getByText('The callers file cannot be used').waitFor();
    await site.callers(DEMO_MAY.everything);
    await page.getByText('The callers file cannot be used').waitFor({ state: 'hidden' });
    expect(await page.locator('.credential').count()).toBe(4);
    await context.close();
  });
});
