import { fileURLToPath } from 'node:url';

import { SecretsManager } from '../../test/support/secrets-manager/secrets-manager.ts';
import { figure, type Benchmark } from '../benchmark.ts';
import { Child } from '../child.ts';
import type { ReadResult } from '../programs/read-on-request.ts';
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

/** Measures reading as many secrets as a large organisation has. */
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
    const first = await child.request<ReadResult>('read');
    const firstCalls = calls() - begun;
    const use = await child.request<MemoryUse>('memory');
    const second = await child.request<ReadResult>('read');
    await child.stop();
    if (first.count !== expected) throw new Error(`${first.count} of ${expected} secrets were read`);
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
      figure('First read', 'ms', measured, ({ first }) => first),
      figure('Calls of the first read', 'calls', measured, ({ firstCalls }) => firstCalls),
      figure('Second read, nothing changed', 'ms', measured, ({ second }) => second),
      figure('Calls of the second read', 'calls', measured, ({ secondCalls }) => secondCalls),
      figure('Heap and external, after the first read', 'MiB', measured, (use) => use.heapAndExternal / MIB),
      figure('Resident set, after the first read', 'MiB', measured, ({ rss }) => rss / MIB),
    ],
    explanation: `${SECRETS.toLocaleString('en')} distinct OAuth Server-to-Server documents on the tests' Secrets Manager,
read by a process that has not yet loaded AWS's SDK. The baseline is the same SDK with the same calls,
four concurrent batches like the source, which keeps the values as text without parsing them. Memory is
the difference, after garbage collection, to a process that found no secrets. The server answers on
loopback and checks signatures. With the real AWS each call takes a network round trip, and AWS limits
calls per second. Service credentials, with their keys and certificates, take longer to parse and need
more memory.`,
  };
}
