import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A built program run to its end. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A built program of the repository, as `npm run build` leaves it. */
export const built = (app: string): string =>
  fileURLToPath(new URL(`../../dist/apps/${app}/src/main.js`, import.meta.url));

/** Runs a built program with exactly this environment until it and its children close their output. */
export function runToEnd(app: string, env: Record<string, string>, cwd?: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [built(app)], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
