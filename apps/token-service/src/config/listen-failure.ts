import type { ServiceConfig } from './service-config.ts';

/** The reason why the server cannot listen, with the remedy; null for any other error. */
export function listenFailure(
  error: unknown,
  { HOST, METRICS_PORT }: Pick<ServiceConfig, 'HOST' | 'METRICS_PORT'>,
): string | null {
  if (!(error instanceof Error && 'code' in error)) return null;
  const port = 'port' in error ? Number(error.port) : undefined;
  const variable = port === METRICS_PORT ? 'METRICS_PORT' : 'PORT';
  switch (error.code) {
    case 'EADDRINUSE':
      return `The token service can't listen: port ${port} is in use by another process. Set ${variable} to another one.`;
    case 'EACCES':
      return `The token service can't listen: port ${port} may not be used by this user. Set ${variable} to 1024 or more.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `The token service can't listen: this machine has no address ${HOST}. Set HOST to one it has.`;
    default:
      return null;
  }
}
