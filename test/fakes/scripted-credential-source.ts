import {
  CredentialSource,
  SourceUnavailable,
  type CredentialName,
  type SecretStage,
  type SourcedCredential,
} from '#libs/tokens';

/** A credential source with scripted content and failures. */
export class ScriptedCredentialSource extends CredentialSource {
  readonly #credentials = new Map<CredentialName, SourcedCredential>();
  readonly #staged = new Map<string, SourcedCredential>();
  #failure: unknown = null;

  put(...credentials: readonly SourcedCredential[]): void {
    for (const credential of credentials) this.#credentials.set(credential.name, credential);
  }

  drop(name: CredentialName): void {
    this.#credentials.delete(name);
  }

  /** From now on every call rejects, with SourceUnavailable by default. */
  fail(failure: unknown = new SourceUnavailable('scripted outage')): void {
    this.#failure = failure;
  }

  recover(): void {
    this.#failure = null;
  }

  override async list(): Promise<readonly SourcedCredential[]> {
    if (this.#failure !== null) throw this.#failure;
    return [...this.#credentials.values()];
  }

  /** Sets what `read` returns for another stage; `list` does not include it. */
  stage(stage: SecretStage, credential: SourcedCredential): void {
    this.#staged.set(`${stage} ${credential.name}`, credential);
  }

  override async read(name: CredentialName, stage: SecretStage): Promise<SourcedCredential | null> {
    if (this.#failure !== null) throw this.#failure;
    const listed = stage === 'AWSCURRENT' ? this.#credentials.get(name) : undefined;
    return this.#staged.get(`${stage} ${name}`) ?? listed ?? null;
  }

  override watch(): () => void {
    return () => undefined;
  }
}
