import { readFile } from 'node:fs/promises';

import { parse } from 'yaml';

/** What these tests look at in a service of docker-compose.yml. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const text = (): Promise<string> => readFile('docker-compose.yml', 'utf8');

export const readCompose = async (): Promise<Compose> => parse(await text(), { merge: true }) as Compose;

/** One service, which has to be there. */
export function service(compose: Compose, name: string): ComposeService {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** The command in the opening comment that fetches a token: the service it runs in, and its words. */
export async function documentedCommand(): Promise<{
  readonly within: string;
  readonly args: readonly string[];
}> {
  const [, within = '', args = ''] = /^# +docker compose exec (\S+) (.*)$/m.exec(await text()) ?? [];
  return { within, args: args.split(' ') };
}

/** `SOURCE:TARGET[:ro]` in its parts. */
export function mount(volume: string): {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
} {
  const [source = '', target = '', mode] = volume.split(':');
  return { source, target, isReadOnly: mode === 'ro' };
}
