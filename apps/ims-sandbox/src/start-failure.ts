import { EnvironmentError } from './sandbox-config.ts';
import { StateFileError } from './state/state-file.ts';

/** `EX_CONFIG` of sysexits.h. */
const WRONG_CONFIGURATION = 78;

/** The message and exit code of a failed start. */
export interface StartFailure {
  readonly message: string;
  readonly exitCode: number;
}

/** Describes why the start failed and what to do. */
export function startFailure(error: unknown, host: string, port: number): StartFailure {
  if (error instanceof EnvironmentError || error instanceof StateFileError) {
    return { message: error.message, exitCode: WRONG_CONFIGURATION };
  }
  return { message: `The IMS sandbox cannot start: ${reason(error, host, port)}`, exitCode: 1 };
}

function reason(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use; stop the other program or set IMS_SANDBOX_PORT to another port.`;
    case 'EACCES':
      return `this user may not listen on port ${port}; set IMS_SANDBOX_PORT to 1024 or more.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no address ${host}; set IMS_SANDBOX_HOST to one it has.`;
    default:
      return error instanceof Error ? error.message : 'an unknown error.';
  }
}
