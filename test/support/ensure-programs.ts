import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** What the tests start besides Node, and the Debian package that has it. */
const PROGRAMS = {
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
  curl: 'curl',
  chromium: 'chromium',
  promtool: 'prometheus',
  prometheus: 'prometheus',
  jq: 'jq',
  openssl: 'openssl',
  python3: 'python3',
};

const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** Runs before the system specs, and installs the programs that they start where it may. */
export default function ensurePrograms(): void {
  const missing = Object.entries(PROGRAMS).filter(([program]) => !isThere(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, debian]) => debian))];
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    const names = missing.map(([program]) => program).join(', ');
    throw new Error(
      `The tests need programs that are not on the PATH: ${names}. ` +
        `Install them: "sudo apt-get install ${packages.join(' ')}" (Debian, Ubuntu) or "brew install redis curl prometheus" (macOS).`,
    );
  }
  execFileSync('apt-get', ['update'], { stdio: 'inherit' });
  withoutDaemons(() =>
    execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], {
      stdio: 'inherit',
    }),
  );
}

/** Debian starts the services it installs, unless the machine's policy, asked by this file, forbids it. */
const POLICY = '/usr/sbin/policy-rc.d';
const FORBIDDEN = 101;

function withoutDaemons(install: () => void): void {
  if (existsSync(POLICY)) {
    install();
    return;
  }
  writeFileSync(POLICY, `#!/bin/sh\nexit ${FORBIDDEN}\n`, { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(POLICY);
  }
}
