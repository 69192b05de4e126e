import type { JwtCredential, OAuthCredential, Secret } from '#libs/tokens';

interface Credentials {
  jwt: JwtCredential;
  oauth: OAuthCredential;
}

/** A way to ask IMS for a token: its JWT exchange, or OAuth's `client_credentials` (RFC 6749 §4.4). */
export type GrantKind = keyof Credentials;

/** The credential of one grant, or of any grant. */
export type CredentialOf<K extends GrantKind = GrantKind> = {
  [P in K]: { readonly kind: P } & Credentials[P];
}[K];

/** Everything in which one grant differs from the other. */
interface Grant<K extends GrantKind> {
  /** The path of IMS's endpoint. */
  readonly path: string;
  /**
   * The form that the endpoint takes.
   * @param proof the signed assertion of the JWT exchange, or one client secret of `client_credentials`
   */
  readonly form: (credential: CredentialOf<K>, proof: string) => Readonly<Record<string, string>>;
  /** Two or more while a secret of an OAuth credential is rotated. */
  readonly clientSecrets: (credential: CredentialOf<K>) => readonly Secret[];
  /** The milliseconds in one unit of `expires_in`. */
  readonly expiresInUnit: number;
  /** Where a person manages the credentials of this grant. */
  readonly console: string;
  /** Follows the diagnosis of an HTTP 500. */
  readonly hintAt500: string;
  /** Diagnoses of refusals that have another cause or remedy for each grant. */
  readonly diagnoses: Readonly<
    Record<
      'ims_invalid_client_secret' | 'ims_unauthorized_client' | 'ims_invalid_scope',
      (clientId: string) => string
    >
  >;
}

const AEM_CONSOLE = "AEM Developer Console (the environment's Integrations tab)";
const ADOBE_CONSOLE = "Adobe Developer Console (the project's OAuth Server-to-Server credential)";

/** What the service knows of each grant. A third grant is a third row. */
export const GRANTS: { readonly [K in GrantKind]: Grant<K> } = {
  jwt: {
    path: '/ims/exchange/jwt',
    form: ({ clientId, clientSecret }, assertion) => ({
      client_id: clientId,
      client_secret: clientSecret.reveal(),
      jwt_token: assertion,
    }),
    clientSecrets: ({ clientSecret }) => [clientSecret],
    expiresInUnit: 1,
    console: AEM_CONSOLE,
    hintAt500:
      ' IMS also answers HTTP 500 for a JWT credential that was migrated to OAuth Server-to-Server. If only this ' +
      'credential fails and the failure lasts, store the OAuth credential in its place.',
    diagnoses: {
      ims_invalid_client_secret: (clientId) =>
        `IMS refused the client secret of ${clientId}: it does not belong to this technical account, or no longer does. ` +
        `Download the service credentials again from the ${AEM_CONSOLE} and store them.`,
      ims_unauthorized_client: (clientId) =>
        `The client ${clientId} may not exchange JWTs: it is not a service credential, or was migrated to OAuth ` +
        `Server-to-Server. Check it in the ${AEM_CONSOLE}; if it was migrated, store the OAuth credential in its place.`,
      ims_invalid_scope: (clientId) =>
        `The metascopes of this credential are not those of ${clientId}. Download the service credentials again ` +
        `from the ${AEM_CONSOLE} and store them; do not edit metascopes.`,
    },
  },
  oauth: {
    path: '/ims/token/v3',
    form: ({ clientId, scopes }, clientSecret) => ({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: scopes.join(','),
    }),
    clientSecrets: ({ clientSecrets }) => clientSecrets,
    expiresInUnit: 1_000,
    console: ADOBE_CONSOLE,
    hintAt500: '',
    diagnoses: {
      ims_invalid_client_secret: (clientId) =>
        `IMS refused every client secret of ${clientId}: they were deleted, or belong to another credential. ` +
        `Add a client secret in the ${ADOBE_CONSOLE}, store the credential with it, and then delete the old one.`,
      ims_unauthorized_client: (clientId) =>
        `The client ${clientId} may not use client_credentials: it is not an OAuth Server-to-Server credential, or ` +
        `no longer is. Check its type in the ${ADOBE_CONSOLE}.`,
      ims_invalid_scope: (clientId) =>
        `IMS does not grant ${clientId} the scopes of this credential. Compare them with those shown in the ` +
        `${ADOBE_CONSOLE}, and check that its APIs and product profiles are still assigned.`,
    },
  },
};

/** The values of a credential's client secrets, in the order of its document. */
export const clientSecretsOf = <K extends GrantKind>(credential: CredentialOf<K>): readonly string[] =>
  GRANTS[credential.kind].clientSecrets(credential).map((secret) => secret.reveal());
