import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { figure, type Benchmark } from '../benchmark.ts';
import { DashboardPage } from '../dashboard-page.ts';
import { firstSuccess } from '../first-success.ts';
import { alternate } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const MANY = 1000;
const nameOf = (index: number): string => `aem-${String(index).padStart(4, '0')}`;

/**
 * Measures the dashboard in a browser: loading many credentials, and showing a change of all of them at once.
 */
export async function dashboard(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const open = async (count: number) => {
    const document = await workplace.makeCredential('oauth');
    const names = Array.from({ length: count }, (_, index) => nameOf(index));
    const folder = await workplace.credentialFolder(
      Object.fromEntries(names.map((name) => [name, document])),
    );
    const service = workplace.tokenService(folder);
    const origin = await service.listening();
    for (const name of names) await (await firstSuccess(origin, `/v1/tokens/${name}`)).body?.cancel();
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
        service.sendSighup();
        await page.until(
          `[...document.querySelectorAll('.version')].every((each) => each.textContent !== ${JSON.stringify(before)})`,
        );
        return { ...loaded, whileRotating: await page.longestTask() };
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
      figure(
        'Longest task while every credential rotates',
        'ms',
        measured,
        ({ whileRotating }) => whileRotating,
      ),
    ],
    explanation: `The production process's \`/dashboard\` in headless Chromium on the same machine, logged in and without
a cache. "Transferred" counts the bodies on the wire: page, styles, scripts and the first event. A task
is a period in which the page could not handle events, layout and paint included. The page measures it
by sending messages to itself. Then every stored document changes at once: the service exchanges all of
them, and the page shows the new versions. The figures of one credential show what a browser needs for
any page of this kind on this machine.`,
  };
}
