import { fileURLToPath } from 'node:url';

import { SecretsManager } from '../../test/support/secrets-manager/secrets-manager.ts';
import { figure, type Benchmark } from '../benchmark.ts';
import { Child } from '../child.ts';
import type { Look } from '../programs/answer-looks.ts';
import type { MemoryUse } from '../programs/probe.ts';
import { alternate } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const SECRETS = 2_000;
const MIB = 1024 ** 2;
const SOURCE = fileURLToPath(new URL('../programs/source-reader.ts', import.meta.url));
const SDK = fileURLToPath(new URL('../programs/sdk-reader.ts', import.meta.url));

interface Measured extends MemoryUse {
  readonly first: number;
  readonly firstCalls: number;
  readonly second: number;
  readonly secondCalls: number;
}

/** What it takes to read as many secrets as an organisation may have. */
export async function manySecrets(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const secrets = await SecretsManager.start();
  for (let index = 0; index < SECRETS; index += 1) {
    secrets.put(`ims/aem-${index}`, await workplace.makeCredential('oauth'));
  }
  const calls = (): number =>
    secrets.calls('ListSecrets') + secrets.calls('BatchGetSecretValue') + secrets.calls('GetSecretValue');
  const measure = async (program: string, prefix = 'ims/', expected = SECRETS): Promise<Measured> => {
    const child = new Child(program, {
      nodeArguments: ['--expose-gc'],
      programArguments: [prefix, workplace.imsOrigin],
      env: secrets.env,
    });
    const begun = calls();
    const first = await child.ask<Look>('look');
    const firstCalls = calls() - begun;
    const use = await child.ask<MemoryUse>('memory');
    const second = await child.ask<Look>('look');
    await child.stop();
    if (first.held !== expected) throw new Error(`${first.held} of ${expected} secrets were read`);
    const secondCalls = calls() - begun - firstCalls;
    return { ...use, first: first.milliseconds, firstCalls, second: second.milliseconds, secondCalls };
  };
  const measureGrowth = async (program: string): Promise<Measured> => {
    const none = await measure(program, 'none/', 0);
    const all = await measure(program);
    return { ...all, heapAndExternal: all.heapAndExternal - none.heapAndExternal, rss: all.rss - none.rss };
  };
  const measured = await alternate(
    Math.ceil(rounds / 2),
    () => measureGrowth(SOURCE),
    () => measureGrowth(SDK),
  );
  await secrets.close();
  return {
    title: 'Reading 2,000 secrets',
    subject: '`AwsSecretsManagerSource.list`',
    baseline: 'the SDK alone',
    figures: [
      figure('First look', 'ms', measured, ({ first }) => first),
      figure('Calls of the first look', 'calls', measured, ({ firstCalls }) => firstCalls),
      figure('Second look, nothing changed', 'ms', measured, ({ second }) => second),
      figure('Calls of the second look', 'calls', measured, ({ secondCalls }) => secondCalls),
      figure('Heap and external, held after the first', 'MiB', measured, (use) => use.heapAndExternal / MIB),
      figure('Resident set, after the first', 'MiB', measured, ({ rss }) => rss / MIB),
    ],
    explanation: `${SECRETS.toLocaleString('en')} distinct OAuth Server-to-Server documents on the tests' Secrets Manager, read in a process of its own that has
not yet loaded AWS's SDK. Beside the same SDK doing the same calls, four batches at once like the source, and keeping the
values as text without parsing them. Memory is how much more the process holds, after garbage collection, than one that looked and found no secrets. The server
answers on loopback and checks signatures; with the real AWS each call takes a network's round trip, and its limits per second apply.
Service credentials, with their keys and certificates, take longer to parse and hold more.`,
  };
}
