import {
  PrometheusRule,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service, ServiceAccount } from 'kubernetes-models/v1';

import type { Manifest } from './chart.ts';
import { ciliumFaults } from './cilium-schema.ts';

const MODELS = [
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PodDisruptionBudget,
  PrometheusRule,
  Service,
  ServiceAccount,
  ServiceMonitor,
];

/** The faults that the schema of Kubernetes finds: missing fields, wrong types, unknown fields. */
export function faults(manifest: Manifest): readonly string[] {
  const model = MODELS.find(
    ({ apiVersion, kind }) => apiVersion === manifest.apiVersion && kind === manifest.kind,
  );
  if (manifest.kind === 'CiliumNetworkPolicy') return ciliumFaults(manifest);
  if (model === undefined) return [`no schema for ${manifest.apiVersion} ${manifest.kind}`];
  const seen = new Set<string>();
  try {
    model.prototype.validate.call(recorded(manifest, '', seen) as typeof model.prototype);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return paths(manifest, '').filter((path) => !seen.has(path));
}

/** The schemas accept unknown fields, but read every known one: a field that is never read is unknown. */
function recorded(value: object, path: string, seen: Set<string>): object {
  return new Proxy(value, {
    get(target, key) {
      const field: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return field;
      seen.add(`${path}/${key}`);
      return typeof field === 'object' && field !== null ? recorded(field, `${path}/${key}`, seen) : field;
    },
  });
}

const paths = (value: unknown, path: string): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, field]) => [`${path}/${key}`, ...paths(field, `${path}/${key}`)]);
