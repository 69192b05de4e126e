import { ADOBE_ORIGINS, AllowedOrigins, parseProxyUrl, parseSecretNames } from '#libs/credential-sources';
import { parseKeyPrefix, parsePeers, parseRedisUrl, SealingKeys } from '#libs/token-stores';
import { seconds } from '#libs/tokens';
import { z } from 'zod';

import { parsePublicUrl } from '../http/public-url.ts';
import { parseTrustedProxies } from '../http/trusted-proxies.ts';
import { LOG_FORMATS } from '../logging/log-format.ts';

/** Turns a parser that throws into a schema. The message of the error becomes the issue. */
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

function parseCollector(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new Error('must be the URL of an OTLP/HTTP collector: http://HOST:4318');
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** The variables that every role reads. */
export const sharedEnvironment = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: port.default(3000),
  SERVICE_ROLE: z.enum(['all', 'vend', 'refresh'], 'must be all, vend or refresh').default('all'),
  REDIS_URL: parsedBy(parseRedisUrl).optional(),
  REDIS_URL_FILE: z.string().optional(),
  REDIS_PASSWORD_FILE: z.string().optional(),
  REDIS_CA_FILE: z.string().optional(),
  REDIS_CERT_FILE: z.string().optional(),
  REDIS_KEY_FILE: z.string().optional(),
  REDIS_KEY_PREFIX: parsedBy(parseKeyPrefix).default('ims-token'),
  TOKEN_ENCRYPTION_KEYS: parsedBy((text) => SealingKeys.parse(text)).optional(),
  TOKEN_ENCRYPTION_KEYS_FILE: z.string().optional(),
  TOKEN_CACHE_DIR: z.string().optional(),
  PEERS: parsedBy(parsePeers).optional(),
  REFRESH_AT: numberFrom(0.1, 0.8).default(0.5),
  MIN_SERVE_SECONDS: numberFrom(1, 3600).transform(seconds).default(seconds(60)),
  KEEP_ALIVE_SECONDS: numberFrom(1, 3600).transform(seconds).default(seconds(75)),
  METRICS_PORT: port.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: parsedBy(parseCollector).optional(),
  HTTPS_PROXY: parsedBy(parseProxyUrl).optional(),
  NO_PROXY: z.string().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  LOG_FORMAT: z.enum(LOG_FORMATS, 'must be auto, json or pretty').default('auto'),
});

/** The further variables of the roles that answer callers. None is about credentials. */
export const vendingEnvironment = z.object({
  CALLERS_FILE: z.string('must name the callers file'),
  CALLERS_FILE_MAX_AGE: numberFrom(2, 2_592_000).transform(seconds).optional(),
  HAND_MADE_KEYS: z.enum(['warn', 'refuse'], 'must be warn or refuse').default('warn'),
  CALLER_JWT_MAX_SECONDS: numberFrom(60, 31_536_000).transform(seconds).default(seconds(86_400)),
  PUBLIC_URL: parsedBy(parsePublicUrl).optional(),
  TRUSTED_PROXIES: parsedBy(parseTrustedProxies).optional(),
  AUDIT: z.enum(['on', 'off'], 'must be on or off').default('on'),
  AUDIT_REQUIRED: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .transform((text) => text === 'true'),
});

/** The further variables of the roles that hold credentials. The AWS SDK reads its own variables. */
export const refreshingEnvironment = z.object({
  CREDENTIAL_SOURCE: z.enum(['aws-secrets-manager', 'files'], 'must be "aws-secrets-manager" or "files"'),
  CREDENTIAL_DIR: z.string().optional(),
  CREDENTIAL_SECRET_PREFIX: z
    .string()
    .regex(
      /^[A-Za-z0-9/_+=.@-]{1,256}$/,
      'must be 1 to 256 characters that AWS allows in the name of a secret',
    )
    .default('ims/'),
  CREDENTIAL_SECRET_NAMES: parsedBy(parseSecretNames).optional(),
  CREDENTIAL_POLL_SECONDS: numberFrom(1, 3600).transform(seconds).default(seconds(60)),
  IMS_ALLOWED_ORIGINS: parsedBy((text) => AllowedOrigins.parse(text)).default(
    AllowedOrigins.parse(ADOBE_ORIGINS),
  ),
});
