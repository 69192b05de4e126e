import type { Manifest } from './chart.ts';
import { SEALING_KEY } from '../../support/sealing-key.ts';

type Labels = Readonly<Record<string, string>>;

/** What these tests look at in the pods of a deployment. */
export interface Pod {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly volumes?: readonly { readonly name: string }[];
    readonly containers: readonly {
      readonly env: readonly {
        readonly name: string;
        readonly value?: string;
        readonly valueFrom?: unknown;
      }[];
      readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
    }[];
  };
}

/** The content of the cluster's secrets. */
export const SECRETS: Readonly<Record<string, string>> = {
  REDIS_URL: 'rediss://redis.example:6379',
  TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
};

export const podOf = (deployment: Manifest): Pod => (deployment.spec as { template: Pod }).template;

/** As the container would see it; a name that is set twice, or has no value, is an error. */
export function environmentOf(pod: Pod): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { name, value } of pod.spec.containers.flatMap(({ env }) => env)) {
    const known = value ?? SECRETS[name];
    if (known === undefined || name in environment) throw new Error(`${name} is set twice or to nothing`);
    environment[name] = known;
  }
  return environment;
}

/** Every set of labels by which a manifest means pods of the chart's. */
export function selectorsOf({ kind, spec }: Manifest): Labels[] {
  if (kind === 'Service') return [(spec as { selector: Labels }).selector];
  if (kind === 'NetworkPolicy')
    return [(spec as { podSelector: { matchLabels: Labels } }).podSelector.matchLabels];
  if (kind === 'CiliumNetworkPolicy')
    return [(spec as { endpointSelector: { matchLabels: Labels } }).endpointSelector.matchLabels];
  if (kind === 'PodDisruptionBudget')
    return [(spec as { selector: { matchLabels: Labels } }).selector.matchLabels];
  if (kind !== 'Deployment') return [];
  const { selector, template } = spec as {
    selector: { matchLabels: Labels };
    template: { spec: { topologySpreadConstraints: { labelSelector: { matchLabels: Labels } }[] } };
  };
  const spread = template.spec.topologySpreadConstraints.map(
    ({ labelSelector }) => labelSelector.matchLabels,
  );
  return [selector.matchLabels, ...spread];
}
