import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import type { TlsPair } from './wire/http-adapter.ts';

/** The configuration of the sandbox process. */
export interface SandboxConfig {
  readonly host: string;
  readonly port: number;
  readonly stateFolder: string | undefined;
  readonly tls: TlsPair | undefined;
}

/** Thrown for invalid environment variables. The message names every problem. */
export class EnvironmentError extends Error {}

const fileText = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a file this process can read' });
    return z.NEVER;
  }
});

const environment = z
  .object({
    IMS_SANDBOX_HOST: z.string().default('127.0.0.1'),
    IMS_SANDBOX_PORT: z
      .string()
      .regex(/^\d{1,5}$/, 'must be a port, 0 to 65535')
      .transform(Number)
      .refine((port) => port <= 65_535, 'must be a port, 0 to 65535')
      .default(3001),
    IMS_SANDBOX_STATE: z.string().optional(),
    IMS_SANDBOX_TLS_CERT: fileText.optional(),
    IMS_SANDBOX_TLS_KEY: fileText.optional(),
  })
  .transform((env, context): SandboxConfig => {
    const { IMS_SANDBOX_TLS_CERT: cert, IMS_SANDBOX_TLS_KEY: key } = env;
    const tls = cert === undefined || key === undefined ? undefined : { cert, key };
    if (tls === undefined && cert !== key) {
      const missing = cert === undefined ? 'IMS_SANDBOX_TLS_CERT' : 'IMS_SANDBOX_TLS_KEY';
      context.addIssue({
        code: 'custom',
        path: [missing],
        message: 'is missing: HTTPS needs certificate and key',
      });
    }
    if (tls !== undefined && !isUsable(tls)) {
      const message = 'must be PEM files, and IMS_SANDBOX_TLS_KEY the key of this certificate';
      context.addIssue({ code: 'custom', path: ['IMS_SANDBOX_TLS_CERT'], message });
    }
    return {
      host: env.IMS_SANDBOX_HOST,
      port: env.IMS_SANDBOX_PORT,
      stateFolder: env.IMS_SANDBOX_STATE,
      tls,
    };
  });

/** Reads the environment variables. An empty one counts as unset. */
export function readSandboxConfig(env: NodeJS.ProcessEnv): SandboxConfig {
  const result = environment.safeParse(
    Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')),
  );
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
  throw new EnvironmentError(`The environment of the IMS sandbox is wrong:\n${problems.join('\n')}`);
}

function isUsable(tls: TlsPair): boolean {
  try {
    createSecureContext(tls);
    return true;
  } catch {
    return false;
  }
}
