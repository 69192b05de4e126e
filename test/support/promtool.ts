import { spawn } from 'node:child_process';

/** Runs Prometheus's checker and returns its output. @throws Error with the output where it finds a fault */
export function promtool(args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('promtool', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said += String(chunk)));
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve(said)
        : reject(new Error(`promtool ${args.join(' ')} ended with ${code}:\n${said}`)),
    );
    child.stdin.end(input);
  });
}
