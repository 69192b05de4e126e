import type { OmittedRefusals } from './refusal-sampler.ts';

/** The audit line that states how many refusals have no line of their own, and where they came from. */
export function summaryLine({ requests, byAddress }: OmittedRefusals): string {
  const line = {
    level: 'warn',
    time: new Date().toISOString(),
    event: 'audit.sampled',
    requests,
    by_address: byAddress.map(([address, count]) => ({ client_address: address, requests: count })),
    msg: 'refused requests of unauthenticated clients without a line of their own: there were too many',
  };
  return `${JSON.stringify(line)}\n`;
}
