import { compactVerify } from 'jose';
import type { Account } from '../accounts/account.ts';

/**
 * Whether one of the account's registered, unexpired certificates signed the assertion. The caller cannot
 * tell a wrong key from an expired or revoked certificate, as at IMS.
 */
export async function isSignedByAccount(jwt: string, account: Account, nowMs: number): Promise<boolean> {
  for (const certificate of account.certificates) {
    if (certificate.notAfterMs > nowMs && (await verifies(jwt, certificate.publicKey))) return true;
  }
  return false;
}

async function verifies(jwt: string, publicKey: Parameters<typeof compactVerify>[1]): Promise<boolean> {
  try {
    await compactVerify(jwt, publicKey, { algorithms: ['RS256'] });
    return true;
  } catch {
    return false;
  }
}
