import { KeysUnavailable } from './keys-unavailable.ts';

/** Key sets have a few kilobytes. */
const MAX_BODY_BYTES = 512 * 1024;
const FETCH_DEADLINE_MS = 5_000;
/** RFC 7517 §8.5.1. The Kubernetes API server answers 406 if this type is not accepted for its key set. */
const ACCEPT = 'application/jwk-set+json, application/json;q=0.9, */*;q=0.1';

/**
 * Fetches a JSON document from an issuer within five seconds. Follows no redirects.
 * @param bearer the token to authenticate with, or undefined
 * @throws KeysUnavailable
 */
export async function fetchJson(
  url: string,
  bearer: string | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  const deadline = AbortSignal.timeout(FETCH_DEADLINE_MS);
  try {
    const response = await fetch(url, {
      headers: {
        accept: ACCEPT,
        'user-agent': 'ims-token-service',
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
      redirect: 'manual',
      signal: AbortSignal.any([deadline, signal]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new KeysUnavailable(
        `${url} answered HTTP ${response.status}${explain(response.status, bearer !== undefined)}`,
      );
    }
    return parse(await readBounded(response, url), url);
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    const reason = deadline.aborted
      ? `gave no complete answer within ${FETCH_DEADLINE_MS} ms`
      : networkReason(error);
    throw new KeysUnavailable(`${url} ${reason}`);
  }
}

async function readBounded(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream and closes the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw new KeysUnavailable(`${url} answered more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeysUnavailable(`${url} answered something that is not JSON`);
  }
}

function explain(status: number, hasBearer: boolean): string {
  if (status >= 300 && status < 400) return ', a redirect, which is not followed';
  if (status === 401)
    return hasBearer
      ? ': it refused the token in bearerTokenFile. Check that the file has a current token for this issuer'
      : ': it requires a bearer token. Set bearerTokenFile in the callers file';
  if (status !== 403) return '';
  const subject = hasBearer ? 'the account of bearerTokenFile' : 'the group system:unauthenticated';
  const otherwise = hasBearer ? '' : ', or set bearerTokenFile in the callers file';
  return (
    `: it does not allow this. On Kubernetes, bind the cluster role ` +
    `system:service-account-issuer-discovery to ${subject} (kubectl create clusterrolebinding)${otherwise}`
  );
}

/** Reads only the code of an error of `fetch`, as its message and causes may hold bytes from the network. */
function networkReason(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && /^[A-Z0-9_]+$/.test(cause.code)) {
      return `cannot be reached (${cause.code})`;
    }
  }
  return 'cannot be reached';
}
