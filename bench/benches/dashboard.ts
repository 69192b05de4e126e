import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { figure, type Benchmark } from '../benchmark.ts';
import { DashboardPage } from '../dashboard-page.ts';
import { firstAnswer } from '../first-answer.ts';
import { alternate } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const MANY = 1000;
const nameOf = (index: number): string => `aem-${String(index).padStart(4, '0')}`;

/** What the dashboard asks of a browser: to show so many credentials, and to follow a change of all of them at once. */
export async function dashboard(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const open = async (count: number) => {
    const document = await workplace.makeCredential('oauth');
    const names = Array.from({ length: count }, (_, index) => nameOf(index));
    const folder = await workplace.credentialFolder(
      Object.fromEntries(names.map((name) => [name, document])),
    );
    const service = workplace.tokenService(folder);
    const origin = await service.listening();
    for (const name of names) await (await firstAnswer(origin, `/v1/tokens/${name}`)).body?.cancel();
    const page = await DashboardPage.open(origin);
    let version = 0;
    return {
      close: () => page.close(),
      async measure() {
        const loaded = await page.load(count);
        version += 1;
        const before = await page.text('.version');
        const text = document + ' '.repeat(version);
        await Promise.all(names.map((name) => writeFile(join(folder, `${name}.json`), text)));
        service.hangUp();
        await page.until(
          `[...document.querySelectorAll('.version')].every((each) => each.textContent !== ${JSON.stringify(before)})`,
        );
        return { ...loaded, following: await page.longestTask() };
      },
    };
  };
  const [many, one] = [await open(MANY), await open(1)];
  const measured = await alternate(
    rounds,
    () => many.measure(),
    () => one.measure(),
  );
  await Promise.all([many.close(), one.close()]);
  return {
    title: 'The dashboard',
    subject: `${MANY} credentials`,
    baseline: 'one credential',
    figures: [
      figure('First contentful paint', 'ms', measured, ({ firstPaint }) => firstPaint),
      figure('Until every row is there', 'ms', measured, ({ complete }) => complete),
      figure('Transferred', 'kB', measured, ({ bytes }) => bytes / 1000),
      figure('Longest task while loading', 'ms', measured, ({ longest }) => longest),
      figure('Longest task while every credential rotates', 'ms', measured, ({ following }) => following),
    ],
    explanation: `The production process's \`/dashboard\` in headless Chromium on the same machine, without a cache, logged in from the start. Transferred are
the bodies as they travel: page, styles, scripts and the first event. A task is a stretch in which the page could listen to nobody, layout and paint
included, found by a page that pings itself. Then every stored document is changed at once: all are exchanged, and the page
follows. The figures of one credential are what a browser takes for any page of this kind on this machine.`,
  };
}
