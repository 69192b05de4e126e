import { z } from 'zod';

import type { Manifest } from './chart.ts';

const labels = z.record(z.string(), z.string());
const selector = z.strictObject({ matchLabels: labels });
const pattern = z.strictObject({ matchPattern: z.string().regex(/^[a-z0-9*.-]+$/) });
const toPorts = z.array(
  z.strictObject({
    ports: z.array(z.strictObject({ port: z.string(), protocol: z.enum(['TCP', 'UDP', 'ANY']) })),
    rules: z.strictObject({ dns: z.array(z.strictObject({ matchPattern: z.string() })) }).optional(),
  }),
);

/** The part of cilium.io/v2 CiliumNetworkPolicy that the chart uses, after the reference of Cilium 1.16. */
const schema = z.strictObject({
  apiVersion: z.literal('cilium.io/v2'),
  kind: z.literal('CiliumNetworkPolicy'),
  metadata: z.strictObject({ name: z.string(), namespace: z.string(), labels }),
  spec: z.strictObject({
    endpointSelector: selector,
    egress: z.array(
      z.union([
        z.strictObject({ toEndpoints: z.array(selector), toPorts }),
        z.strictObject({ toFQDNs: z.array(pattern).min(1), toPorts }),
      ]),
    ),
  }),
});

/** The faults of a CiliumNetworkPolicy, for which there is no package with a schema. */
export const ciliumFaults = (manifest: Manifest): readonly string[] =>
  (schema.safeParse(manifest).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
