import { AwsSecretsManagerSource, type SkippedDocument } from '#libs/credential-sources';
import type { Millis, SourcedCredential } from '#libs/tokens';

import { ManualClock } from '../../fakes/manual-clock.ts';
import { SecretsManager } from '../secrets-manager/secrets-manager.ts';
import { oauthDocument } from './oauth-document.ts';
import { ADOBE_ORIGINS } from './parse.ts';

/** A Secrets Manager with a source that reads it. It stops at the end of its scope (`await using`). */
export class SecretsManagerFixture implements AsyncDisposable {
  readonly server: SecretsManager;
  readonly clock = new ManualClock();
  readonly skipped: SkippedDocument[] = [];
  readonly empty: string[] = [];
  readonly source: AwsSecretsManagerSource;

  private constructor(server: SecretsManager) {
    this.server = server;
    this.source = this.sourceWith({});
  }

  static async make(): Promise<SecretsManagerFixture> {
    return new SecretsManagerFixture(await SecretsManager.start());
  }

  /** Another source for the same secrets. */
  sourceWith(clientConfig: object, deadline?: Millis): AwsSecretsManagerSource {
    return new AwsSecretsManagerSource({
      prefix: 'ims/',
      allowedOrigins: ADOBE_ORIGINS,
      clock: this.clock,
      onEmpty: (diagnosis) => this.empty.push(diagnosis),
      onSkipped: (document) => this.skipped.push(document),
      clientConfig: { ...this.server.clientConfig, ...clientConfig },
      ...(deadline === undefined ? {} : { deadline }),
    });
  }

  /** Stores a good document under the prefix. Its client id defaults to the name. */
  put(name: string, clientId = name, ...stages: readonly string[]): string {
    return this.server.put(`ims/${name}`, oauthDocument({ CLIENT_ID: clientId }), ...stages);
  }

  putMany(count: number): void {
    for (let at = 0; at < count; at += 1) this.put(`aem-${at}`);
  }

  /** The client id or the problem code of every credential, by name. */
  async listed(source = this.source): Promise<Record<string, string>> {
    return Object.fromEntries((await source.list()).map(({ name, content }) => [name, summarize(content)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

/** A credential's client id, or its problem's code. */
function summarize(content: SourcedCredential['content']): string {
  if (content.kind === 'problem') return content.code;
  return content.kind === 'local' ? 'local' : content.clientId;
}
