import type { Page } from 'playwright-core';

/** Counts the bytes of bodies as they travel, compressed ones as such, from now on. */
export async function countTransfer(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page);
  let bytes = 0;
  session.on('Network.dataReceived', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await session.send('Network.enable');
  return () => bytes;
}
