import { chromium, type Browser, type Page } from 'playwright-core';

import { AUTHORIZATION } from './workplace.ts';

const DEADLINE_MS = 120_000;

/**
 * Runs in the page from its start and measures the longest task. The page sends itself messages without a
 * pause, so every task shows as a gap between two of them.
 */
const MEASURE_TASKS = `
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

/** The dashboard in headless Chromium. Every request has the caller's key in a header. */
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
    await page.addInitScript(MEASURE_TASKS);
    const opened = new DashboardPage(browser, page, origin);
    const session = await page.context().newCDPSession(page);
    session.on('Network.dataReceived', ({ encodedDataLength }) => (opened.#bytes += encodedDataLength));
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    return opened;
  }

  /** Loads the page without a cache and waits until it shows every row. Times are in milliseconds. */
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

  /** Waits until a JavaScript condition is true on the page. It is evaluated once per frame. */
  async until(condition: string): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!(await this.#page.evaluate<boolean>(condition))) {
      if (Date.now() > deadline) throw new Error(`the dashboard did not reach the condition ${condition}`);
      await this.#page.evaluate('new Promise(requestAnimationFrame)');
    }
  }

  /** The longest task since the last call, in milliseconds. */
  async longestTask(): Promise<number> {
    return this.#read('[globalThis.longest, (globalThis.longest = 0)][0]');
  }

  /** The text of the first element that matches the selector. */
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
