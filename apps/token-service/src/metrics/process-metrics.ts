import { collectDefaultMetrics, type Registry, type RegistryContentType } from 'prom-client';

/** Gauges whose names end like a counter's, which Prometheus's own check refuses; each is the sum of one by type that stays. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Node's own metrics: processor, memory, event loop, garbage collection. */
export function describeProcess(registry: Registry<RegistryContentType>): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
