/**
 * Who may import whom. `npm run lint` fails on every import that breaks a rule here, and on every circle of files or
 * of folders. `test/docs/import-rules.spec.ts` proves that the rules bite.
 */

/** The storeys of libs/tokens, lowest first: each imports itself and the ones before it. */
const STOREYS = ['model', 'ports', 'serving', 'replication', 'refreshing', 'on-demand'];

/** The features of the token service, lowest first: each imports itself and the ones before it. */
const FEATURES = [
  'injection',
  'logging',
  'http',
  'config',
  'audit',
  'tracing',
  'store',
  'authentication',
  'status',
  'metrics',
  'events',
  'tokens',
  'oauth',
  'dashboard',
  'openapi',
  'refreshing',
];

/** The folders of the sandbox, lowest first: each imports itself and the ones before it. */
const SANDBOX_FOLDERS = [
  'wire',
  'accounts',
  'state',
  'tokens',
  'ledger',
  'faults',
  'grants',
  'control',
  'aem',
];

/** Libraries, each with the packages that it may import besides `#libs/tokens` and Node's own modules. */
const LIBRARIES = {
  tokens: [],
  'adobe-ims': ['jose', 'zod'],
  'credential-sources': [
    'jose',
    'zod',
    'jsonc-parser',
    '@aws-sdk/client-secrets-manager',
    '@aws-sdk/credential-provider-http',
    '@aws-sdk/credential-provider-node',
    '@smithy/credential-provider-imds',
    '@smithy/node-http-handler',
  ],
  'token-stores': ['ioredis', 'jose', 'quick-lru', 'zod'],
  callers: ['jose', 'leven', 'quick-lru', 'yaml', 'zod'],
  client: [],
};

/** Features that answer callers. They hold no Adobe or AWS credentials, so they import no adapter that does. */
const CALLER_FACING = [
  'http',
  'audit',
  'authentication',
  'status',
  'metrics',
  'tokens',
  'oauth',
  'dashboard',
  'openapi',
];

const ladder = (root, steps, what) =>
  steps.slice(0, -1).map((step, index) => ({
    name: `${what}-${step}`,
    severity: 'error',
    comment: `${root}/${step} is below ${steps.slice(index + 1).join(', ')} and imports none of them.`,
    from: { path: `^${root}/${step}/`, pathNot: SPECS },
    to: { path: `^${root}/(${steps.slice(index + 1).join('|')})/` },
  }));

const escaped = (text) => text.replaceAll(/[/.]/g, String.raw`\$&`);
const SPECS = String.raw`\.spec\.ts$`;

export default {
  forbidden: [
    {
      name: 'no-circle-of-files',
      severity: 'error',
      comment: 'Two files that import each other are one file.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circle-of-folders',
      severity: 'error',
      comment: 'Two folders that import each other are one folder.',
      scope: 'folder',
      from: { path: '^(libs|apps)/' },
      to: { circular: true },
    },
    {
      name: 'no-unresolved-import',
      severity: 'error',
      comment: 'An import that cannot be resolved escapes all other rules.',
      from: {},
      to: { couldNotResolve: true },
    },
    ...ladder('libs/tokens/src', STOREYS, 'storey'),
    ...ladder('apps/token-service/src', FEATURES, 'feature'),
    ...ladder('apps/ims-sandbox/src', SANDBOX_FOLDERS, 'sandbox'),
    {
      name: 'features-below-root',
      severity: 'error',
      comment: 'A feature imports nothing from the root of the service: the root imports the features.',
      from: { path: '^apps/token-service/src/[^/]+/', pathNot: SPECS },
      to: { path: String.raw`^apps/token-service/src/[^/]+\.ts$` },
    },
    {
      name: 'keys-stay-behind-the-store',
      severity: 'error',
      comment: 'A feature that answers callers imports no adapter that holds credentials.',
      from: { path: `^apps/token-service/src/(${CALLER_FACING.join('|')})/`, pathNot: SPECS },
      to: { path: '^libs/(adobe-ims|credential-sources|token-stores)/' },
    },
    {
      name: 'nothing-imports-an-app',
      severity: 'error',
      comment: 'Applications compose libraries. Code that two applications need belongs in a library.',
      from: { path: '^(libs|apps/([^/]+))/', pathNot: SPECS },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$2/' },
    },
    {
      name: 'sandbox-shares-no-code',
      severity: 'error',
      comment: 'The sandbox must not share code with what it checks.',
      from: { path: '^apps/ims-sandbox/' },
      to: { path: '^libs/' },
    },
    {
      name: 'no-test-code-in-production',
      severity: 'error',
      comment: 'Production code imports no test, no fake and no benchmark.',
      from: { path: '^(apps|libs)/', pathNot: SPECS },
      to: { path: String.raw`^(test|bench)/|\.spec\.ts$` },
    },
    ...Object.entries(LIBRARIES).map(([library, packages]) => ({
      name: `library-${library}`,
      severity: 'error',
      comment: `libs/${library} imports its own files, ${library === 'client' ? '' : '#libs/tokens, '}Node's modules and: ${packages.join(', ') || 'no package'}.`,
      from: { path: `^libs/${library}/src/`, pathNot: SPECS },
      to: {
        dependencyTypesNot: ['core'],
        pathNot: [
          `^libs/${library}/src/`,
          ...(library === 'client' ? [] : [String.raw`^libs/tokens/src/index\.ts$`]),
          ...packages.map((name) => `(^|/)node_modules/${escaped(name)}/`),
        ],
      },
    })),
  ],
  options: {
    // Specs stand beside their units and use the fakes of test/: their imports are not followed.
    doNotFollow: { path: ['node_modules', '^dist', SPECS] },
    exclude: { path: ['^dist', '^test/browser/', '^apps/token-service/src/dashboard/page/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js'],
    },
  },
};
