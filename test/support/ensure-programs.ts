import { execFileSync, spawnSync } from 'node:child_process';

/** What the tests start besides Node, and the Debian package that has it. */
const PROGRAMS = { 'redis-server': 'redis-server', 'redis-cli': 'redis-tools', curl: 'curl' };

const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** Before all tests: those that kill and restart Redis need a `redis-server` of their own, so there must be a program to start. */
export default function ensurePrograms(): void {
  const missing = Object.entries(PROGRAMS).filter(([program]) => !isThere(program));
  if (missing.length === 0) return;
  const packages = missing.map(([, debian]) => debian);
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    const names = missing.map(([program]) => program).join(', ');
    throw new Error(
      `The tests need programs that are not on the PATH: ${names}. ` +
        `Install them: "sudo apt-get install ${packages.join(' ')}" (Debian, Ubuntu) or "brew install redis curl" (macOS).`,
    );
  }
  execFileSync('apt-get', ['update'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], { stdio: 'inherit' });
}
