import {
  refreshingEnvironment,
  sharedEnvironment,
  vendingEnvironment,
} from '../../../apps/token-service/src/config/environment.ts';
import {
  readServiceConfig,
  type ServiceConfig,
} from '../../../apps/token-service/src/config/service-config.ts';
import { SECRETS } from './manifests.ts';

const names = ({ shape }: { readonly shape: object }): string[] => Object.keys(shape);

/** Variables that Node or the AWS SDK read, which the service's own schema does not know. */
const isNodes = (name: string): boolean =>
  ['NODE_USE_ENV_PROXY', 'NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY'].includes(name);
const isAws = (name: string): boolean => name.startsWith('AWS_');

/** Names in this environment that a process of its role does not read: a mistake, or what it may not know. */
export function strangers(env: Readonly<Record<string, string>>): string[] {
  const role = env['SERVICE_ROLE'];
  const known = new Set([
    ...names(sharedEnvironment),
    ...(role === 'refresh' ? [] : names(vendingEnvironment)),
    ...(role === 'vend' ? [] : names(refreshingEnvironment)),
  ]);
  return Object.keys(env).filter(
    (name) => !known.has(name) && !isNodes(name) && (role === 'vend' || !isAws(name)),
  );
}

/**
 * What the service makes of it, with the secrets of mounted files; it refuses what is wrong, and names the
 * variable.
 */
export function serviceConfig(env: Readonly<Record<string, string>>): ServiceConfig {
  const mounted = Object.entries(SECRETS).filter(([name]) => `${name}_FILE` in env);
  return readServiceConfig({ ...env, ...Object.fromEntries(mounted) });
}
