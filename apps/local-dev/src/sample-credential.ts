import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { writeSecret, type SandboxFolder } from './sandbox-folder.ts';

interface SampleDocument {
  integration: { imsEndpoint: string };
}

/** Asks the sandbox for a sample credential where there is none, or where the sandbox has forgotten its account. */
export async function ensureSampleCredential(
  folder: SandboxFolder,
  imsOrigin: string,
  isNewIms: boolean,
): Promise<void> {
  const path = folder.sampleCredential;
  if (!existsSync(path)) return writeSample(path, imsOrigin);
  const sample = parseSample(await readFile(path, 'utf8'));
  if (sample === null) return;
  if (isNewIms) return writeSample(path, imsOrigin);
  await followOrigin(path, sample, imsOrigin);
}

async function writeSample(path: string, imsOrigin: string): Promise<void> {
  const answer = await fetch(`${imsOrigin}/sandbox/credentials`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'jwt' }),
  });
  if (answer.status !== 201)
    throw new Error(`The IMS sandbox made no sample credential (HTTP ${answer.status}).`);
  await writeSecret(path, `${JSON.stringify(await answer.json(), undefined, 2)}\n`);
}

/** The sandbox may listen on another port than last time; the sample credential names it by its origin. */
async function followOrigin(path: string, sample: SampleDocument, imsOrigin: string): Promise<void> {
  if (sample.integration.imsEndpoint === imsOrigin) return;
  sample.integration.imsEndpoint = imsOrigin;
  await writeSecret(path, `${JSON.stringify(sample, undefined, 2)}\n`);
}

/** `null` for what a person has put in the sample's place, broken or Adobe's: the service says what it thinks of it. */
function parseSample(text: string): SampleDocument | null {
  try {
    const document = JSON.parse(text) as Partial<SampleDocument> | null;
    const imsEndpoint = document?.integration?.imsEndpoint;
    return typeof imsEndpoint === 'string' && /^https?:\/\/127\.0\.0\.1:\d+$/.test(imsEndpoint)
      ? (document as SampleDocument)
      : null;
  } catch {
    return null;
  }
}
