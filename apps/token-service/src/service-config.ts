import { ADOBE_ORIGINS, AllowedOrigins } from '#libs/credential-sources';
import { parseKeyPrefix, parseRedisUrl, SealingKeys } from '#libs/token-stores';
import { seconds, toMillis } from '#libs/tokens';
import { z } from 'zod';

/** The environment can't be used. Names every variable at fault with its remedy, and no value of any. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Turns a parser that throws into a schema whose problem is the parser's message. */
const parsedBy = <T>(parse: (text: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: error instanceof Error ? error.message : 'not understood',
      });
      return z.NEVER;
    }
  });

const numberFrom = (min: number, max: number) => {
  const rule = `must be a number from ${min} to ${max}`;
  return z.coerce.number(rule).min(min, rule).max(max, rule);
};
const port = numberFrom(0, 65_535).int('must be a whole number');

const environment = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: port.default(3000),
  SERVICE_ROLE: z.enum(['all'], 'only "all" is supported by this version').default('all'),
  CREDENTIAL_SOURCE: z.enum(['aws-secrets-manager', 'files'], 'must be "aws-secrets-manager" or "files"'),
  CREDENTIAL_DIR: z.string().optional(),
  CREDENTIAL_SECRET_PREFIX: z
    .string()
    .regex(
      /^[A-Za-z0-9/_+=.@-]{1,256}$/,
      'must be 1 to 256 characters that AWS allows in the name of a secret',
    )
    .default('ims/'),
  CREDENTIAL_POLL_SECONDS: numberFrom(1, 3600).transform(seconds).default(seconds(60)),
  REDIS_URL: parsedBy(parseRedisUrl).optional(),
  REDIS_CA_FILE: z.string().optional(),
  REDIS_KEY_PREFIX: parsedBy(parseKeyPrefix).default('ims-token'),
  TOKEN_ENCRYPTION_KEYS: parsedBy((text) => SealingKeys.parse(text)).optional(),
  CALLERS_FILE: z.string('must name the callers file'),
  IMS_ALLOWED_ORIGINS: parsedBy((text) => AllowedOrigins.parse(text)).default(
    AllowedOrigins.parse(ADOBE_ORIGINS),
  ),
  REFRESH_AT: numberFrom(0.1, 0.8).default(0.5),
  MIN_SERVE_SECONDS: numberFrom(1, 3600).transform(seconds).default(seconds(60)),
  METRICS_PORT: port.optional(),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace'],
      'must be fatal, error, warn, info, debug or trace',
    )
    .default('info'),
  AUDIT: z.enum(['on', 'off'], 'must be on or off').default('on'),
});

/** Every variable the service reads, for the documentation's test. */
export const VARIABLES = Object.keys(environment.shape);

/** The service's settings, read from the environment once and handed to whoever needs them. */
export type ServiceConfig = z.infer<typeof environment>;

/**
 * Reads and checks the environment. A variable that is set but empty counts as unset.
 * @throws ConfigProblem naming everything that is wrong, not only the first thing.
 */
export function readServiceConfig(env: Readonly<Record<string, string | undefined>>): ServiceConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  const problems = result.success
    ? []
    : result.error.issues.map(({ path, message }) => {
        const name = String(path[0]);
        const remedy = given[name] === undefined ? `is missing: ${message}` : message;
        return `${name}: ${remedy}`;
      });
  if (given['REDIS_URL'] !== undefined && given['TOKEN_ENCRYPTION_KEYS'] === undefined) {
    problems.push(
      'TOKEN_ENCRYPTION_KEYS: is missing: with REDIS_URL set, tokens are sealed with it (KID:BASE64_OF_32_BYTES)',
    );
  }
  if (given['CREDENTIAL_SOURCE'] === 'files' && given['CREDENTIAL_DIR'] === undefined) {
    problems.push(
      'CREDENTIAL_DIR: is missing: with CREDENTIAL_SOURCE=files it names the folder that holds the credentials, NAME.json each',
    );
  }
  if (!result.success || problems.length > 0) throw new ConfigProblem(problems);
  return result.data;
}

/** How long the first pass over all credentials may hold readiness up. */
export const FIRST_PASS_LIMIT = toMillis(seconds(10));
