interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft?: number | 'unlimited' } };
}

/**
 * Checks that this process and its children may open that many connections.
 * @throws Error that explains how to raise the limit
 */
export function assertOpenFileLimit(count: number): void {
  const report = process.report.getReport() as unknown as Report;
  const limit = report.userLimits?.open_files?.soft;
  if (typeof limit === 'number' && limit < count) {
    throw new Error(
      `This benchmark opens ${count} connections, but a process may open only ${limit} files. Run "ulimit -n ${count}" first, as root if necessary.`,
    );
  }
}
