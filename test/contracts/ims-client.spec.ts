import { describe } from 'vitest';

import { AdobeImsClient } from '#libs/adobe-ims';
import { Secret, SystemClock } from '#libs/tokens';

import { failing, HANGING, ScriptedImsClient } from '../fakes/scripted-ims-client.ts';
import { isValidAt, issueOAuth, issueServiceCredentials, setFaults } from '../ims-sandbox/support/control.ts';
import { runSandbox } from '../ims-sandbox/support/running-sandbox.ts';
import {
  fromOAuthCredentials,
  fromServiceCredentials,
  oauthCredential,
} from '../support/adobe-ims/credentials.ts';
import { itHonoursTheImsClientContract } from './ims-client.contract.ts';

describe.each(['jwt', 'oauth'] as const)(
  'AdobeImsClient at the sandbox with a credential of kind %s',
  (kind) => {
    itHonoursTheImsClientContract(async () => {
      const { origin } = await runSandbox();
      const issue = async () =>
        kind === 'jwt'
          ? fromServiceCredentials(await issueServiceCredentials(origin))
          : fromOAuthCredentials(await issueOAuth(origin));
      const [accepted, issued, unavailable, hanging] = await Promise.all([
        issue(),
        issue(),
        issue(),
        issue(),
      ]);
      const wrong = new Secret('not the secret');
      await setFaults(
        origin,
        { kind: 'status', status: 503, clientId: unavailable.clientId },
        { kind: 'hang', clientId: hanging.clientId },
      );
      return {
        client: new AdobeImsClient({ clock: new SystemClock() }),
        accepted,
        refused:
          issued.kind === 'jwt' ? { ...issued, clientSecret: wrong } : { ...issued, clientSecrets: [wrong] },
        unavailable,
        hanging,
        isValid: ({ clientId }, token) => isValidAt(origin, clientId, token),
      };
    });
  },
);

describe('ScriptedImsClient', () => {
  itHonoursTheImsClientContract(async () => {
    const client = new ScriptedImsClient(new SystemClock());
    const answers = [
      ['refused', failing('ims_invalid_client_secret', { retryable: false })],
      ['unavailable', failing('ims_unavailable')],
      ['hanging', HANGING],
    ] as const;
    for (const [clientId, answer] of answers) {
      client.always(clientId, answer);
      client.invalidates(clientId, answer);
    }
    const named = (clientId: string) => oauthCredential('https://ims.invalid', { clientId });
    return {
      client,
      accepted: named('accepted'),
      refused: named('refused'),
      unavailable: named('unavailable'),
      hanging: named('hanging'),
      isValid: async (_credential, token) => !client.invalidated.includes(token.reveal()),
    };
  });
});
