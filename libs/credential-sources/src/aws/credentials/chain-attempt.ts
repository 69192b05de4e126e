/** One failed run through the SDK's chain of credential providers. */
export interface ChainAttempt {
  readonly error: unknown;
  /** The names of the environment variables that are set, with their values. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the SDK logged a line with this text: it names each provider that it asks, and each failure. */
  readonly reached: (text: string) => boolean;
}

/** The message of an SDK error, to compare with the SDK's own fixed texts. It is never printed. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

/** The profile in use, quoted where its name is plain. */
export function profileOf({ env }: Pick<ChainAttempt, 'env'>): string {
  const name = env['AWS_PROFILE'] || 'default';
  return /^[\w.@/+-]{1,64}$/.test(name) ? `the profile ${name}` : 'the profile in AWS_PROFILE';
}
