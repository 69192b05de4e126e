import type { z } from 'zod';
import type { ZodOpenApiParameters } from 'zod-openapi';

import type { ProblemCode } from '../http/problem.ts';

type Tag = 'Tokens' | 'OAuth' | 'Status' | 'The dashboard' | 'The service itself';

/** One answer of an operation: its status, headers, and the schema of each content type. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Readonly<Record<string, z.ZodType>>;
}

/** One request that the service answers. `/openapi.json` and `/docs` are made from these descriptions. */
export interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  /** Paragraphs, separated by an empty line. */
  readonly description: string;
  /** The authentication: none, of callers (key or JWT), or of OAuth clients (RFC 6749 §2.3). */
  readonly access: 'anybody' | 'caller' | 'client';
  readonly parameters?: ZodOpenApiParameters;
  readonly body?: {
    readonly type: string;
    readonly schema: z.ZodType;
    readonly example: Readonly<Record<string, string>>;
  };
  readonly answers: readonly Answer[];
  readonly problems: readonly ProblemCode[];
  /** Options of curl besides method, URL, authentication and body. */
  readonly curl?: readonly string[];
}
