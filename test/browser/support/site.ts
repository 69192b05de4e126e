import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../../support/token-service.ts';

/** The key of the caller `guest`, who may have a token but see no status. */
export const GUEST_KEY = 'key-of-guest-77aa';

const caller = (name: string, key: string, rest: string): string =>
  `  - { name: ${name}, apiKeySha256: ["${hash('sha256', key, 'hex')}"], ${rest} }\n`;
const GUEST = caller('guest', GUEST_KEY, 'tokens: ["aem-dev"]');
const DEMO = caller('demo', DEMO_KEY, 'tokens: ["*"], permissions: [read, status]');

/** What the caller `demo` may do from now on. */
export const DEMO_MAY = {
  everything: `callers:\n${DEMO}${GUEST}`,
  nothing: `callers:\n${GUEST}`,
  seeOne: `callers:\n${caller('demo', DEMO_KEY, 'tokens: ["aem-dev"], permissions: [read, status]')}${GUEST}`,
};

/** A service with credentials in every state, and what is around it. */
export interface Site {
  readonly workplace: Awaited<ReturnType<typeof makeWorkplace>>;
  readonly service: RunningService;
  /** Changes the callers file. */
  callers(text: string): Promise<void>;
  /** Lets the sandbox refuse every exchange of a credential, and has the service make one. */
  fail(name: string): Promise<void>;
  /** Stores a new version of a credential, and has the service look. */
  rotate(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * `aem-dev` and `aem-prod` are healthy, `aem-broken` is not, and the certificate of `aem-stage` ends soon.
 */
export async function openSite(): Promise<Site> {
  const workplace = await makeWorkplace(DEMO_MAY.everything);
  const documents = new Map<string, string>();
  const add = async (name: string, options: Record<string, unknown>): Promise<void> => {
    documents.set(name, await workplace.addCredential(name, options));
  };
  await add('aem-dev', { kind: 'oauth' });
  await add('aem-prod', { kind: 'jwt' });
  await add('aem-stage', { kind: 'jwt', certificateDays: 12 });
  await workplace.store('aem-broken', '{"integration": nonsense');
  const service = await workplace.startService();
  await ready(service);
  return {
    workplace,
    service,
    callers: (text) => writeFile(workplace.callersFile, text),
    async fail(name) {
      const { CLIENT_ID: clientId } = JSON.parse(documents.get(name) ?? '') as { CLIENT_ID: string };
      await workplace.control('PUT', '/faults', { faults: [{ kind: 'status', status: 503, clientId }] });
      await workplace.store(name, `${documents.get(name)}\n`);
      service.lookNow();
    },
    async rotate(name) {
      await add(name, { kind: 'oauth' });
      service.lookNow();
    },
    close: () => workplace.close(),
  };
}
