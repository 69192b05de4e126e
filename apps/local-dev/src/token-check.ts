import { readFile } from 'node:fs/promises';

import { SAMPLE_CREDENTIAL, type SandboxFolder } from './sandbox-folder.ts';

/**
 * Requests the token that the banner's curl line requests.
 * @returns what the service answers and the remedy, or null if it answers with a token
 */
export async function findTokenProblem(
  serviceOrigin: string,
  { callerKey, callersFile, sampleCredential }: SandboxFolder,
): Promise<string | null> {
  const key = (await readFile(callerKey, 'utf8')).trim();
  const response = await fetch(`${serviceOrigin}/v1/tokens/${SAMPLE_CREDENTIAL}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const answer = (await response.json()) as { code?: string; detail?: string };
  if (response.ok) return null;
  const file = response.status === 401 || response.status === 403 ? callersFile : sampleCredential;
  return (
    `The curl lines do not work yet: the service answers ${response.status} ${answer.code} (${answer.detail}). ` +
    `Correct ${file}, or delete it and start again: the next start makes a new one.`
  );
}
