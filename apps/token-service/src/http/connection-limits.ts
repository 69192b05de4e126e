import process from 'node:process';

import { z } from 'zod';

/** How many connections a server keeps open. */
export interface ConnectionLimits {
  readonly total: number;
  readonly perAddress: number;
}

/** The maximum of long polls (16,384), and a quarter as many other connections. */
const MAX_CONNECTIONS = 20_480;
/** The limit of open files that is assumed where the platform reports none. It is the default of Linux. */
const ASSUMED_OPEN_FILES = 1_024;
/** For Redis, IMS, AWS, issuers, files and the metrics port; at most half of all descriptors. */
const RESERVED_DESCRIPTORS = 256;
/** An address leaves one in this many connections to others. */
const LEFT_TO_OTHERS = 8;

const reportSchema = z.object({
  userLimits: z.object({ open_files: z.object({ soft: z.union([z.number(), z.literal('unlimited')]) }) }),
});

/**
 * How many files and connections this process may have open; Infinity where there is no limit. Node raises
 * the soft limit to the hard one at its start, so this may be more than a shell shows.
 */
export function openFilesLimit(): number {
  // Otherwise the report asks the resolver for the name of each peer.
  Object.assign(process.report, { excludeNetwork: true });
  const report = reportSchema.safeParse(process.report.getReport());
  if (!report.success) return ASSUMED_OPEN_FILES;
  const { soft } = report.data.userLimits.open_files;
  return soft === 'unlimited' ? Infinity : soft;
}

/**
 * The limits of the server for callers. They are below the limit of open files: at that limit the process
 * could reach neither Redis nor IMS, and could not read its files.
 * @param openFiles as `openFilesLimit` returns it
 */
export function connectionLimits(openFiles: number): ConnectionLimits {
  const reserved = Math.min(RESERVED_DESCRIPTORS, Math.ceil(openFiles / 2));
  const total = Math.max(1, Math.min(MAX_CONNECTIONS, openFiles - reserved));
  return { total, perAddress: Math.max(1, total - Math.floor(total / LEFT_TO_OTHERS)) };
}
