const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;

/**
 * What every user of this machine may do with a file of this mode, and the remedy; null where that is
 * nothing. Windows has no such modes.
 */
export function exposureOf(path: string, mode: number): string | null {
  const reads = (mode & OTHERS_READ) !== 0;
  const writes = (mode & OTHERS_WRITE) !== 0;
  if (process.platform === 'win32' || (!reads && !writes)) return null;
  const may = [reads ? 'read' : '', writes ? 'change' : ''].filter((verb) => verb !== '').join(' and ');
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return (
    `${path} has the mode ${octal}: every user of this machine can ${may} it. ` +
    `Run chmod o-rwx on it; in Kubernetes, mount it with defaultMode 0440 and an fsGroup.`
  );
}
