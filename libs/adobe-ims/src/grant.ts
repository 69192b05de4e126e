import type { ExchangeableCredential } from '#libs/tokens';

/** How a token is asked for: IMS's JWT exchange, or OAuth's `client_credentials`. The unit of `expires_in` hangs on it. */
export type Grant = ExchangeableCredential['kind'];

/** Where a person manages the credentials of a grant. */
export const CONSOLE: Readonly<Record<Grant, string>> = {
  jwt: "AEM Developer Console (the environment's Integrations tab)",
  oauth: "Adobe Developer Console (the project's OAuth Server-to-Server credential)",
};
