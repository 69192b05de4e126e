/** Callers as a platform team writes them into the chart's values. */
export const ENTRIES = [
  { name: 'catalog-sync', apiKeySha256: ['a'.repeat(64)], tokens: ['aem-dev', 'aem-stage-*'] },
  { name: 'grafana', apiKeySha256: ['b'.repeat(64), 'c'.repeat(64)], permissions: ['status'] },
];

const common = {
  nodeSelector: { zone: 'a' },
  tolerations: [{ operator: 'Exists' }],
  priorityClassName: 'high',
};

/** The chart's values in which every branch of its templates is taken once. */
export const VARIANTS = {
  least: { aws: { region: 'eu-west-1' } },
  everything: {
    image: { repository: 'registry.example/ims-token-service', digest: `sha256:${'0'.repeat(64)}` },
    imagePullSecrets: [{ name: 'registry' }],
    publicUrl: 'https://tokens.example',
    extraEnv: { HTTPS_PROXY: 'http://proxy.example:3128', NODE_USE_ENV_PROXY: '1' },
    redis: { caConfigMap: 'redis-ca', clientTlsSecret: 'redis-client', passwordSecret: 'redis-password' },
    credentials: {
      allowedOrigins: ['https://*.adobelogin.com', 'https://ims.example'],
      secretNames: ['ims/aem-dev', 'ims/aem-stage'],
    },
    aws: { region: 'eu-west-1', roleArn: 'arn:aws:iam::123456789012:role/ims-tokens' },
    callers: { entries: ENTRIES },
    vend: {
      ...common,
      audit: false,
      autoscaling: { enabled: true },
      podAnnotations: { team: 'web' },
      service: { annotations: { team: 'web' } },
    },
    refresh: {
      ...common,
      serviceAccountAnnotations: { team: 'web' },
      extraEnv: { AWS_MAX_ATTEMPTS: '5' },
      podAnnotations: { team: 'web' },
    },
    networkPolicy: {
      callerPodLabels: { team: 'web' },
      callerNamespaces: ['web'],
      callerPeers: [{ ipBlock: { cidr: '10.9.0.0/16' } }],
      httpsPeers: [{ ipBlock: { cidr: '10.1.0.0/16' } }],
      redisPeers: [{ ipBlock: { cidr: '10.0.0.0/16' } }],
      oidcIssuers: true,
      vendExtraEgress: [{ ports: [{ port: 4318, protocol: 'TCP' }] }],
      refreshExtraEgress: [{ ports: [{ port: 3128, protocol: 'TCP' }] }],
    },
    metrics: {
      serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
      prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
    },
  },
  environment: {
    aws: { region: 'eu-west-1' },
    secretsAsFiles: false,
  },
  cilium: {
    aws: { region: 'eu-west-1' },
    networkPolicy: { oidcIssuers: true, cilium: { enabled: true, issuerHosts: ['login.example'] } },
  },
  files: {
    fullnameOverride: 'ims',
    redis: { caConfigMap: 'redis-ca' },
    tokenCache: { enabled: true },
    peers: { enabled: true },
    credentials: { source: 'files', filesSecret: 'adobe-credentials' },
    callers: { existingConfigMap: 'callers' },
    podDisruptionBudget: { enabled: false },
    networkPolicy: { enabled: false },
  },
} as const satisfies Record<string, Record<string, unknown>>;

export type Variant = keyof typeof VARIANTS;
