import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ApiError } from './api-error.ts';
import { broken, denied, Faults, throttled, type FaultScope } from './faults.ts';
import { answer } from './json-protocol.ts';
import { readRequest, type Action } from './requests.ts';
import { SecretStore } from './secret-store.ts';
import type { KnownKey } from './signature.ts';

const KEY: KnownKey = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'eu-central-1',
};

/**
 * A local AWS Secrets Manager that speaks the real protocol, for tests: it checks signatures, and fails when
 * told to.
 */
export class SecretsManager {
  readonly #faults = new Faults();
  readonly #store = new SecretStore(KEY.region, this.#faults);
  readonly #calls = new Map<string, number>();
  readonly #server: Server;
  /** How listings behave. */
  readonly listings = this.#store.listings;

  private constructor() {
    this.#server = createServer(
      answer({
        key: KEY,
        arrived: (action) => this.#calls.set(action, this.calls(action) + 1),
        fault: (action) => this.#faults.meet(action),
        perform: (action, parameters) => this.perform(action, parameters),
      }),
    );
  }

  /** Starts one on a free port of loopback. */
  static async start(): Promise<SecretsManager> {
    const running = new SecretsManager();
    running.#server.listen(0, '127.0.0.1');
    await once(running.#server, 'listening');
    return running;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** All that a process needs in its environment to use this server. */
  get env(): Record<string, string> {
    return {
      AWS_REGION: KEY.region,
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.endpoint,
    };
  }

  /** The same for an SDK client within a test, which makes one attempt so that failures come fast. */
  get clientConfig() {
    const { accessKeyId, secretAccessKey, region } = KEY;
    return { endpoint: this.endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  }

  /** How many calls of an action came in, those that failed included. */
  calls(action: Action): number {
    return this.#calls.get(action) ?? 0;
  }

  /** Whose values were handed out, in order, by the secrets' names. */
  get valuesRead(): readonly string[] {
    return this.#store.valuesRead;
  }

  /** Does what an action does, without the network. @throws ApiError */
  perform(action: Action, parameters: Record<string, unknown>): Record<string, unknown> {
    const handler = this.#store.handlers[action] as (request: unknown) => Record<string, unknown>;
    return handler(readRequest(action, parameters));
  }

  /**
   * Stores a value under a name, made or replaced; objects as JSON, bytes as binary. Returns its version id.
   */
  put(name: string, value: object | string | Uint8Array, ...stages: readonly string[]): string {
    const content =
      value instanceof Uint8Array
        ? { SecretBinary: Buffer.from(value).toString('base64') }
        : { SecretString: typeof value === 'string' ? value : JSON.stringify(value) };
    try {
      return String(this.perform('CreateSecret', { Name: name, ...content })['VersionId']);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'ResourceExistsException')) throw error;
      const labels = stages.length > 0 ? { VersionStages: stages } : {};
      return String(this.perform('PutSecretValue', { SecretId: name, ...content, ...labels })['VersionId']);
    }
  }

  /** Moves AWSCURRENT to a version, as the last step of a rotation does. */
  promote(name: string, versionId: string): void {
    const stages = this.perform('DescribeSecret', { SecretId: name })['VersionIdsToStages'];
    const from = Object.entries(stages as Record<string, string[]>).find(([, all]) =>
      all.includes('AWSCURRENT'),
    );
    this.perform('UpdateSecretVersionStage', {
      SecretId: name,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: versionId,
      RemoveFromVersionId: from?.[0],
    });
  }

  /** Marks a secret for deletion. */
  delete(name: string): void {
    this.perform('DeleteSecret', { SecretId: name });
  }

  deny(action: Action, scope: FaultScope = {}): void {
    this.#faults.add({ action, ...scope, error: denied(action) });
  }

  throttle(action: Action, scope: FaultScope = {}): void {
    this.#faults.add({ action, ...scope, error: throttled() });
  }

  /** Fails on the server's side. */
  fail(action: Action, scope: FaultScope = {}): void {
    this.#faults.add({ action, ...scope, error: broken() });
  }

  refuse(action: Action, code: string, scope: FaultScope & { readonly message?: string } = {}): void {
    const { message = `scripted ${code}`, ...where } = scope;
    this.#faults.add({ action, ...where, error: new ApiError(code, message) });
  }

  /** Turns a secret into a replica of a secret in another region. */
  makeReplica(name: string, primaryRegion: string): void {
    this.#store.makeReplica(name, primaryRegion);
  }

  /** Takes calls and never answers them. */
  hang(action: Action, scope: FaultScope = {}): void {
    this.#faults.add({ action, ...scope, error: null });
  }

  /** Ends all faults, and listings that lag. */
  recover(): void {
    this.#faults.clear();
    this.listings.thaw();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
