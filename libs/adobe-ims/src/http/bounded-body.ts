/** A token response has about two kilobytes. */
const MAX_BODY_BYTES = 64 * 1024;

/** Reads a body as text. Returns null, and receives no more of it, when the body exceeds 64 KiB. */
export async function readBoundedBody(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream and with it the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
