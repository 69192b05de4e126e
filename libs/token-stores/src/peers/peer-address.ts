/** A host name that may resolve to many processes, and their port. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

const ADDRESS =
  /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<host>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?))(?::(?<port>\d{1,5}))?$/;

/**
 * Parses PEERS: `HOST` or `HOST:PORT`, comma-separated.
 * @throws Error with the rule
 */
export function parsePeers(text: string): readonly { readonly host: string; readonly port: number | null }[] {
  return text.split(',').map((entry) => {
    const { v6, host = v6, port } = ADDRESS.exec(entry.trim())?.groups ?? {};
    const number = port === undefined ? null : Number(port);
    if (host === undefined || number === 0 || (number ?? 1) > 65_535) {
      throw new Error('must be HOST or HOST:PORT of all processes of the service, comma-separated');
    }
    return { host, port: number };
  });
}
