import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';

/** Offline, without a sandbox (tests may run as root) and without what browsers do of their own accord. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's Chromium, headless. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: FLAGS,
    timeout: 60_000,
  });

/** A page of its own, and everything that its console complained about. */
export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
}

/** Opens an empty tab with cookies, log-ins and a cache of its own. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(50_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, context, complaints };
}

/** Opens the dashboard and logs in with a key, as a person does. */
export async function logIn(page: Page, origin: string, key: string, fragment = ''): Promise<void> {
  await page.goto(`${origin}/dashboard${fragment}`);
  await page.getByLabel('Your caller key').fill(key);
  await page.getByRole('button', { name: 'Show credentials' }).click();
  await page.getByText(/^Live, as /).waitFor();
}
