import { onTestFinished } from 'vitest';
import {
  createImsSandbox,
  type ImsSandbox,
  type ImsSandboxOptions,
} from '../../../apps/ims-sandbox/src/ims-sandbox.ts';

/** Starts a sandbox on a free port. It closes when the test ends. */
export async function runSandbox(options: ImsSandboxOptions = {}): Promise<ImsSandbox> {
  const sandbox = await createImsSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}
