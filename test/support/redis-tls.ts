import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';

import { makeAuthority, type Authority, type Pair } from './certificate-authority.ts';

/** Certificates of one authority for Redis and its clients, as files. Redis wants a client certificate. */
export interface RedisTls {
  readonly authority: Authority;
  /** The files of the client. */
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Settings of redis.conf, without ports. */
  readonly settings: Readonly<Record<string, string>>;
  /** Options of the clients that the support code uses. */
  readonly client: ConnectionOptions;
  /** Arguments of redis-cli. */
  readonly cliArguments: readonly string[];
  /** Replaces the certificate and the key of the client. */
  replaceClient(pair: Pair): Promise<void>;
  /** Deletes the files. */
  remove(): Promise<void>;
}

/** Makes the certificates for `localhost` and 127.0.0.1. */
export async function makeRedisTls(): Promise<RedisTls> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-tls-'));
  const authority = await makeAuthority();
  const [server, client] = [await authority.issue({ addresses: ['127.0.0.1'] }), await authority.issue()];
  const path = (name: string): string => join(folder, name);
  /** Replaces a file in one step, as an update of a mounted Secret does. */
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(path(`${name}.new`), text);
    await rename(path(`${name}.new`), path(name));
    return path(name);
  };
  const files = {
    ca: await write('ca.crt', authority.cert),
    cert: await write('client.crt', client.cert),
    key: await write('client.key', client.key),
  };
  const own = { cert: await write('own.crt', client.cert), key: await write('own.key', client.key) };
  return {
    authority,
    files,
    settings: {
      'tls-cert-file': await write('server.crt', server.cert),
      'tls-key-file': await write('server.key', server.key),
      'tls-ca-cert-file': files.ca,
      'tls-auth-clients': 'yes',
      'tls-replication': 'yes',
    },
    client: { ca: authority.cert, cert: client.cert, key: client.key },
    cliArguments: ['--tls', '--cacert', files.ca, '--cert', own.cert, '--key', own.key],
    replaceClient: async ({ cert, key }) => {
      await write('client.crt', cert);
      await write('client.key', key);
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
