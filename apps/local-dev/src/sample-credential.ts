import type { SandboxFolder } from './sandbox-folder.ts';
import { readIfPresent, writeSecret } from './secret-files.ts';

interface SampleDocument {
  integration: { imsEndpoint: string };
}

/**
 * Requests a sample credential from the sandbox if there is none, or if the sandbox has lost its state. A
 * document of another kind is left alone, with a notice.
 */
export async function ensureSampleCredential(
  { sampleCredential: path, isNewIms, notices }: SandboxFolder,
  imsOrigin: string,
): Promise<void> {
  const text = await readIfPresent(path);
  if (text === null || text.trim() === '') return writeSample(path, imsOrigin);
  const sample = parseSample(text);
  if (sample === null) {
    notices.push(
      `${path} was left alone: it is not the sample of this sandbox. Delete it, and the next start makes one.`,
    );
    return;
  }
  if (isNewIms) return writeSample(path, imsOrigin);
  await updateOrigin(path, sample, imsOrigin);
}

async function writeSample(path: string, imsOrigin: string): Promise<void> {
  const response = await fetch(`${imsOrigin}/sandbox/credentials`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'jwt' }),
  });
  if (response.status !== 201)
    throw new Error(`The IMS sandbox did not create a sample credential (HTTP ${response.status}).`);
  await writeSecret(path, `${JSON.stringify(await response.json(), undefined, 2)}\n`);
}

/**
 * The sample credential contains the sandbox's origin, and the sandbox may listen on another port than
 * before.
 */
async function updateOrigin(path: string, sample: SampleDocument, imsOrigin: string): Promise<void> {
  if (sample.integration.imsEndpoint === imsOrigin) return;
  sample.integration.imsEndpoint = imsOrigin;
  await writeSecret(path, `${JSON.stringify(sample, undefined, 2)}\n`);
}

/**
 * Returns `null` for a document that the developer put in place of the sample. The service reports its
 * errors.
 */
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
