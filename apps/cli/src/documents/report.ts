import type { CredentialKind } from '#libs/tokens';

import { print, printBad, printGood, printTitle, printWarning } from '../output.ts';
import type { DocumentCheck } from './check-document.ts';
import type { CredentialFacts } from './credential-facts.ts';
import { formatDuration } from './duration.ts';
import type { ExchangeTrial } from './exchange.ts';

const KINDS: Readonly<Record<CredentialKind, string>> = {
  jwt: 'AEM service credentials (jwt)',
  oauth: 'OAuth Server-to-Server credential (oauth)',
  local: 'local development token (local)',
};

/** Prints the result of a check as text. */
export function printReport(input: string, check: DocumentCheck, trial: ExchangeTrial | null): void {
  printTitle(`${input}: ${check.kind === null ? 'not a usable document' : KINDS[check.kind]}`);
  for (const [name, value] of check.facts === null ? [] : rows(check.facts)) {
    print(`  ${name.padEnd(18)} ${value}`);
  }
  for (const { code, diagnosis } of check.problems) printBad(`${code}: ${diagnosis}`);
  for (const { code, diagnosis } of check.warnings) printWarning(`${code}: ${diagnosis}`);
  if (check.credential !== null) printGood('The service can use this document.');
  printTrial(trial);
}

function printTrial(trial: ExchangeTrial | null): void {
  if (trial === null) return;
  if (trial.ok) {
    printGood(
      `Adobe IMS issued a token that lives ${formatDuration(trial.expires_in)}, until ${trial.expires_at}.`,
    );
  } else {
    printBad(`${trial.problem.code}: ${trial.problem.diagnosis}`);
  }
}

function rows(facts: CredentialFacts): (readonly [name: string, value: string])[] {
  const { certificate } = facts;
  const all: (readonly [string, string | null])[] = [
    ['client id', facts.client_id],
    ['organisation', facts.organization_id],
    ['technical account', facts.technical_account_id],
    [certificate === null ? 'scopes' : 'metascopes', facts.scopes.join(', ') || null],
    ['IMS', facts.ims_origin],
    ['client secrets', facts.client_secrets === 0 ? null : String(facts.client_secrets)],
    ['private key', certificate === null ? null : 'belongs to the certificate'],
    ['certificate', certificate && `SHA-256 ${certificate.sha256}`],
    ['valid from', certificate && certificate.not_before],
    ['valid until', certificate && `${certificate.not_after} (${daysLeft(certificate.days_left)})`],
    ['expires', facts.expires_at],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

function daysLeft(days: number): string {
  if (days < 0) return 'expired';
  return `${days} ${days === 1 ? 'day' : 'days'} left`;
}
