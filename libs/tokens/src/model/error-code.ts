/** The `code` of an error of Node or a library, such as `ENOENT` or `ECONNREFUSED`; undefined without one. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
