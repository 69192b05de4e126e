import { errorCode } from '#libs/tokens';

import type { CredentialsDiagnosis } from './aws-credentials-failure.ts';

const FILE_ERROR = /^(ENOENT|EACCES|EPERM|EISDIR|ENOTDIR|ELOOP|EIO)$/;

/** The diagnosis of a token file that can't be read; null for another error. */
export function tokenFileDiagnosis(
  provider: string,
  variable: string,
  error: unknown,
): CredentialsDiagnosis | null {
  const code = errorCode(error);
  if (code === undefined || !FILE_ERROR.test(code)) return null;
  return {
    kind: 'configuration',
    provider,
    call: `reading the file in ${variable}`,
    code,
    remedy:
      'Check that the path is right, that the token is mounted there, and that this process may read it: ' +
      'automountServiceAccountToken, fsGroup, the service account’s annotation.',
  };
}
