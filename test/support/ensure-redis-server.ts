import { execFileSync, spawnSync } from 'node:child_process';

const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** Before all tests: the ones that kill and restart Redis need a `redis-server` of their own, so there must be a program to start. */
export default function ensureRedisServer(): void {
  if (isThere('redis-server')) return;
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    throw new Error(
      'The tests start redis-server processes of their own, and there is none on the PATH. ' +
        'Install it: "sudo apt-get install redis-server" (Debian, Ubuntu) or "brew install redis" (macOS).',
    );
  }
  execFileSync('apt-get', ['update'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', 'redis-server'], {
    stdio: 'inherit',
  });
}
