interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft?: number | 'unlimited' } };
}

/**
 * Checks that this process, and so those it starts, may have that many connections.
 * @throws Error that says how to allow it
 */
export function mustOpenFiles(count: number): void {
  const report = process.report.getReport() as unknown as Report;
  const limit = report.userLimits?.open_files?.soft;
  if (typeof limit === 'number' && limit < count) {
    throw new Error(
      `This benchmark opens ${count} connections, and a process may have ${limit} files open: run "ulimit -n ${count}" before it, as root if need be.`,
    );
  }
}
