import type { z } from 'zod';
import type { ZodOpenApiParameters } from 'zod-openapi';

import type { ProblemCode } from '../http/problem.ts';

type Tag = 'Tokens' | 'OAuth' | 'Status' | 'The dashboard' | 'The service itself';

/** What one status of an operation means, and what comes with it: each type of content with its schema. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Readonly<Record<string, z.ZodType>>;
}

/** One request that the service answers, described once: `/openapi.json` and `/docs` are made of these. */
export interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  /** Paragraphs, parted by an empty line. */
  readonly description: string;
  /** Who may ask: anybody, callers (by key or JWT), or OAuth clients, who prove themselves in OAuth's ways. */
  readonly access: 'anybody' | 'caller' | 'client';
  readonly parameters?: ZodOpenApiParameters;
  readonly body?: {
    readonly type: string;
    readonly schema: z.ZodType;
    readonly example: Readonly<Record<string, string>>;
  };
  readonly answers: readonly Answer[];
  readonly problems: readonly ProblemCode[];
  /** What `curl` is given besides method, URL, authentication and body. */
  readonly curl?: readonly string[];
}
