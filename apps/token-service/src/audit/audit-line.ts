import type { AuditRecord } from './audit-record.ts';
import type { AuditedNames } from './audited-names.ts';

/** The audit line of a record. Built by hand: it is most of the cost of a vend beside HTTP. */
export function auditLine(record: AuditRecord, time: string, names: AuditedNames): string {
  const { credential, tokenSha256, reportedSha256, traceId, clientAddress, route } = record;
  return (
    `{"level":"info","time":"${time}","event":"${record.event}","outcome":"${record.outcome}"` +
    `,"caller":${quoted(record.caller)},"authenticated_by":${quoted(record.method)}` +
    `,"credential":${credential === null ? 'null' : names.toJson(credential)}` +
    `,"token_sha256":${quoted(tokenSha256)},"expires_in":${record.expiresIn}` +
    (reportedSha256 === null ? '' : `,"reported_sha256":"${reportedSha256}"`) +
    (route === null ? '' : `,"route":"${route}"`) +
    `,"request_id":"${record.requestId}"` +
    (traceId === null ? '' : `,"trace_id":"${traceId}"`) +
    (clientAddress === null ? '}\n' : `,"client_address":"${clientAddress}"}\n`)
  );
}

/** Quotes a text that needs no escaping: a caller's name, a method or a hash. */
const quoted = (text: string | null): string => (text === null ? 'null' : `"${text}"`);
