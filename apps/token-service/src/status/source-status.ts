import type { Caller } from '#libs/callers';
import type { SourceReport } from '#libs/tokens';

import type { SkippedStatus, SourceStatus } from './status-schema.ts';

/** What `/v1/status` and the dashboard say of the credential source. */
export interface SourceView {
  readonly credential_source: SourceStatus | null;
  readonly skipped: readonly SkippedStatus[];
}

/**
 * What a caller may see of the last report. A caller with patterns sees the skipped documents whose name they
 * match, without the folders before it, and the detail only as long as it names no documents of others.
 */
export function sourceView(report: SourceReport | null, caller: Caller): SourceView {
  if (report === null) return { credential_source: null, skipped: [] };
  const { ok, detail, skipped } = report;
  const visible = skipped.filter(({ storedAs }) => caller.maySeeStatusOf(lastPart(storedAs)));
  return {
    credential_source: {
      ok,
      detail: visible.length < skipped.length && !ok ? HIDDEN : detail,
    },
    skipped: visible.map(({ storedAs, code }) => ({ stored_as: storedAs, code })),
  };
}

const HIDDEN = 'The reason names documents that this caller may not see. The log has it.';

const lastPart = (storedAs: string): string => storedAs.slice(storedAs.lastIndexOf('/') + 1);
