import { chromium, type Browser, type Page } from 'playwright-core';

import { AUTHORIZATION } from './workplace.ts';

const DEADLINE_MS = 120_000;

/**
 * Runs in the page from its first moment: notes the longest time for which the page could listen to nobody. Pings
 * itself without a pause, so that every task shows as a gap.
 */
const WATCH = `
  globalThis.longest = 0;
  const { port1, port2 } = new MessageChannel();
  let last = performance.now();
  port1.onmessage = () => {
    const now = performance.now();
    globalThis.longest = Math.max(globalThis.longest, now - last);
    last = now;
    port2.postMessage(0);
  };
  port2.postMessage(0);
`;

/** A dashboard in headless Chromium, logged in as by the browser's own dialog. */
export class DashboardPage {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #origin: string;
  #bytes = 0;

  private constructor(browser: Browser, page: Page, origin: string) {
    this.#browser = browser;
    this.#page = page;
    this.#origin = origin;
  }

  static async open(origin: string): Promise<DashboardPage> {
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const page = await browser.newPage({ extraHTTPHeaders: AUTHORIZATION });
    await page.addInitScript(WATCH);
    const opened = new DashboardPage(browser, page, origin);
    const session = await page.context().newCDPSession(page);
    session.on('Network.dataReceived', ({ encodedDataLength }) => (opened.#bytes += encodedDataLength));
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    return opened;
  }

  /** Loads it afresh, with nothing in the cache, until every row is there. */
  async load(
    credentials: number,
  ): Promise<{ firstPaint: number; complete: number; bytes: number; longest: number }> {
    this.#bytes = 0;
    await this.#page.goto('about:blank');
    await this.#page.goto(`${this.#origin}/dashboard`);
    await this.until(`document.querySelectorAll('.credential').length === ${credentials}`);
    return {
      firstPaint: await this.#read(`performance.getEntriesByName('first-contentful-paint')[0].startTime`),
      complete: await this.#read('performance.now()'),
      bytes: this.#bytes,
      longest: await this.longestTask(),
    };
  }

  /** Waits until a condition, written in JavaScript, holds on the page. Looks once a frame. */
  async until(condition: string): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!(await this.#page.evaluate<boolean>(condition))) {
      if (Date.now() > deadline) throw new Error(`the dashboard never came to ${condition}`);
      await this.#page.evaluate('new Promise(requestAnimationFrame)');
    }
  }

  /** In milliseconds, since the last time that this was asked. */
  async longestTask(): Promise<number> {
    return this.#read('[globalThis.longest, (globalThis.longest = 0)][0]');
  }

  /** The text of the first element that a selector finds. */
  async text(selector: string): Promise<string | null> {
    return this.#page.locator(selector).first().textContent();
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  #read(expression: string): Promise<number> {
    return this.#page.evaluate<number>(expression);
  }
}
