import { onTestFinished } from 'vitest';
import {
  createImsSandbox,
  type ImsSandbox,
  type ImsSandboxOptions,
} from '../../../apps/ims-sandbox/src/ims-sandbox.ts';

/** A sandbox on a free port that ends with the test. */
export async function runSandbox(options: ImsSandboxOptions = {}): Promise<ImsSandbox> {
  const sandbox = await createImsSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}
