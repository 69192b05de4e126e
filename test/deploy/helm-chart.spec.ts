import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { CallersFile } from '#libs/callers';

import { chartFile, manifests, render, type Manifest } from './support/chart.ts';
import { ENTRIES, VARIANTS, type Variant } from './support/chart-values.ts';
import { faults } from './support/kubernetes-schemas.ts';
import { environmentOf, podOf, selectorsOf, type Pod } from './support/manifests.ts';
import { serviceConfig, strangers } from './support/service-environment.ts';

const variants = Object.entries(VARIANTS) as [Variant, Record<string, unknown>][];
const ofKind = (values: Record<string, unknown>, kind: string): Manifest[] =>
  manifests(values).filter((manifest) => manifest.kind === kind);
interface Policy {
  readonly ingress: { readonly ports: { readonly port: string }[]; readonly from: unknown[] }[];
  readonly egress: { readonly ports: { readonly port: number }[]; readonly to?: unknown[] }[];
}

/** The policies of the roles vend and refresh, in this order. */
const policies = (values: Record<string, unknown>): Policy[] =>
  ofKind(values, 'NetworkPolicy').map(({ spec }) => spec as Policy);
const namespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
const pod = (values: Record<string, unknown>, role: string): Pod => {
  const found = ofKind(values, 'Deployment').find(({ metadata }) => metadata.name.endsWith(`-${role}`));
  if (found === undefined) throw new Error(`no deployment for ${role}`);
  return podOf(found);
};

describe.each(variants)('the chart with values for %s', (_, values) => {
  it('makes manifests that Kubernetes takes, each under a name of its own', () => {
    const all = manifests(values);
    expect(all.flatMap((manifest) => faults(manifest).map((fault) => [manifest.kind, fault]))).toEqual([]);
    const names = all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(['vend', 'refresh'])('gives the role %s an environment that it reads, and nothing else', (role) => {
    const environment = environmentOf(pod(values, role));
    expect(strangers(environment)).toEqual([]);
    expect(environment['SERVICE_ROLE']).toBe(role);
    expect(serviceConfig(environment)).toMatchObject({ METRICS_PORT: 9464 });
  });

  it('selects only pods that are there, by labels that they bear', () => {
    const labels = ['vend', 'refresh'].map((role) => pod(values, role).metadata.labels);
    const selectors = manifests(values).flatMap(selectorsOf);
    const missed = selectors.filter(
      (selector) =>
        !labels.some((pod) => Object.entries(selector).every(([key, value]) => pod[key] === value)),
    );
    expect([selectors.length > 0, missed]).toEqual([true, []]);
  });

  it('lets no container be root, write, gain rights or talk to the API server', () => {
    for (const { spec } of [pod(values, 'vend'), pod(values, 'refresh')]) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      });
    }
  });

  it('probes both roles at the metrics port, which callers do not use', () => {
    for (const { spec } of [pod(values, 'vend'), pod(values, 'refresh')]) {
      const probe = (path: string) => ({ httpGet: { path, port: 'metrics' } });
      expect(spec.containers).toMatchObject([
        {
          ports: [{ name: 'http' }, { name: 'metrics', containerPort: 9464 }],
          startupProbe: probe('/livez'),
          livenessProbe: probe('/livez'),
          readinessProbe: probe('/readyz'),
        },
      ]);
    }
  });

  it('mounts every file that the environment names', () => {
    for (const role of ['vend', 'refresh']) {
      const mounts = pod(values, role).spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
      const files = Object.entries(environmentOf(pod(values, role))).filter(([, value]) =>
        value.startsWith('/etc/'),
      );
      const homeless = files.filter(
        ([, path]) => !mounts.some(({ mountPath }) => path.startsWith(mountPath)),
      );
      expect(homeless).toEqual([]);
      const volumes = (pod(values, role).spec.volumes ?? []).map(({ name }) => name);
      expect(mounts.map(({ name }) => name).sort()).toEqual(volumes.sort());
    }
  });
});

describe('the chart', () => {
  it('lets only the refreshing pods be known to AWS', () => {
    const accounts = ofKind(VARIANTS.everything, 'ServiceAccount');
    const annotated = accounts.filter(({ metadata }) => 'annotations' in metadata);
    expect(annotated.map(({ metadata }) => metadata)).toMatchObject([
      {
        name: 'tokens-ims-token-service-refresh',
        annotations: {
          'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/ims-tokens',
          team: 'web',
        },
      },
    ]);
    expect(pod(VARIANTS.everything, 'vend').spec.serviceAccountName).toBe('tokens-ims-token-service-vend');
    expect(pod(VARIANTS.everything, 'refresh').spec.serviceAccountName).toBe(
      'tokens-ims-token-service-refresh',
    );
  });

  it('lets vending pods reach only Redis and DNS, and lets only the scraper reach refreshing pods', () => {
    const [vend, refresh] = policies(VARIANTS.least);
    const ports = (rules: { ports: { port: string | number }[] }[] = []): unknown[] =>
      rules.flatMap((rule) => rule.ports.map(({ port }) => port));
    expect([ports(vend?.ingress), ports(vend?.egress)]).toEqual([
      ['http', 'metrics'],
      [53, 53, 6379],
    ]);
    expect([ports(refresh?.ingress), ports(refresh?.egress)]).toEqual([['metrics'], [53, 53, 6379, 443]]);
  });

  it('admits only pods with the labels of a caller, and with those of Prometheus in its namespaces', () => {
    const caller = { podSelector: { matchLabels: { 'ims-token-service/caller': 'true' } } };
    const prometheus = {
      ...namespace('monitoring'),
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
    };
    const [vend, refresh] = policies(VARIANTS.least);
    expect(vend?.ingress.map(({ from }) => from)).toEqual([[caller], [prometheus]]);
    expect(refresh?.ingress.map(({ from }) => from)).toEqual([[prometheus]]);
    const web = { podSelector: { matchLabels: { 'ims-token-service/caller': 'true', team: 'web' } } };
    const [wider] = policies(VARIANTS.everything);
    expect(wider?.ingress[0]?.from).toEqual([
      web,
      { ...namespace('web'), ...web },
      { ipBlock: { cidr: '10.9.0.0/16' } },
    ]);
  });

  it('limits HTTPS to given peers', () => {
    const https = policies(VARIANTS.everything).map(({ egress }) =>
      egress.filter(({ ports }) => ports.some(({ port }) => port === 443)),
    );
    const limited = { ports: [{ port: 443, protocol: 'TCP' }], to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] };
    expect(https).toEqual([[limited], [limited]]);
  });

  it('limits HTTPS to the hosts of Adobe, AWS and the issuers where the cluster has Cilium', () => {
    const ports = policies(VARIANTS.cilium).flatMap(({ egress }) => egress.flatMap((rule) => rule.ports));
    expect(ports.map(({ port }) => port)).not.toContain(443);
    const hosts = ofKind(VARIANTS.cilium, 'CiliumNetworkPolicy').map(({ metadata, spec }) => {
      const { egress } = spec as { egress: { toFQDNs?: { matchPattern: string }[] }[] };
      return [metadata.name, egress.flatMap(({ toFQDNs = [] }) => toFQDNs.map((each) => each.matchPattern))];
    });
    expect(Object.fromEntries(hosts)).toEqual({
      'tokens-ims-token-service-refresh-hosts': [
        '*.adobelogin.com',
        '*.services.adobe.com',
        'secretsmanager.eu-west-1.amazonaws.com',
        'sts.eu-west-1.amazonaws.com',
      ],
      'tokens-ims-token-service-vend-hosts': ['login.example'],
    });
  });

  it.each(['vend', 'refresh'])('keeps secrets out of the environment of the role %s', (role) => {
    const inEnvironment = (values: Record<string, unknown>) =>
      pod(values, role).spec.containers.flatMap(({ env }) =>
        env.filter(({ valueFrom }) => valueFrom !== undefined).map(({ name }) => name),
      );
    expect(inEnvironment(VARIANTS.everything)).toEqual([]);
    expect(inEnvironment(VARIANTS.environment)).toEqual(['REDIS_URL', 'TOKEN_ENCRYPTION_KEYS']);
    expect(environmentOf(pod(VARIANTS.everything, role))).toMatchObject({
      REDIS_URL_FILE: '/etc/ims-token-service/secrets/REDIS_URL',
      TOKEN_ENCRYPTION_KEYS_FILE: '/etc/ims-token-service/secrets/TOKEN_ENCRYPTION_KEYS',
      REDIS_PASSWORD_FILE: '/etc/ims-token-service/redis-password/password',
      REDIS_CERT_FILE: '/etc/ims-token-service/redis-client/tls.crt',
      REDIS_KEY_FILE: '/etc/ims-token-service/redis-client/tls.key',
    });
  });

  it('hands the service a callers file that it takes', async () => {
    const [map] = ofKind(VARIANTS.everything, 'ConfigMap');
    const folder = await mkdtemp(join(tmpdir(), 'chart-'));
    const file = join(folder, 'callers.yaml');
    await writeFile(file, (map?.['data'] as Record<string, string> | undefined)?.['callers.yaml'] ?? '');
    const callers = await CallersFile.open(file);
    await rm(folder, { recursive: true });
    expect(callers).toBeInstanceOf(CallersFile);
  });

  it('carries the alerts as they are tested', () => {
    expect(chartFile('files/rules.yml')).toBe(chartFile('../../prometheus/rules.yml'));
  });

  it.each([undefined, 'https://wiki.example/ims/runbooks', 'http://10.0.0.7:8080/docs/runbooks.md'])(
    'links each alert to an absolute URL: %s',
    (runbookUrl) => {
      const prometheusRule = { enabled: true, labels: {}, ...(runbookUrl && { runbookUrl }) };
      const text = render('prometheus-rule.yaml', { ...VARIANTS.least, metrics: { prometheusRule } });
      const urls = [...text.matchAll(/runbook_url: '?([^'\s]+)/g)].map(([, url = '']) => url);
      expect(urls.length).toBeGreaterThan(10);
      const base = runbookUrl ?? 'https://git.example/ims-token-service/docs/runbooks.md';
      expect(urls.filter((url) => !url.startsWith(`${base}#ims`) || !URL.canParse(url))).toEqual([]);
    },
  );

  it('prints how to fetch a token, and that no caller is allowed while the callers file is empty', () => {
    const notes = (callers: object): string => render('NOTES.txt', { ...VARIANTS.least, callers });
    expect(notes({ entries: ENTRIES })).toMatch(
      /exec --stdin deployment\/\S+-vend -- ims-token get CREDENTIAL/,
    );
    expect(notes({ entries: ENTRIES })).not.toContain('No caller');
    expect(notes({ entries: [] })).toContain('No caller may ask');
  });
});
