const REALM = 'realm="ims-token-service"';

/** Basic, whose name and key are UTF-8 (RFC 7617 §2.1). */
export const BASIC_CHALLENGE = `Basic ${REALM}, charset="UTF-8"`;
export const BEARER_CHALLENGE = `Bearer ${REALM}`;

/**
 * Every scheme of the service (RFC 9110 §11.6.1). Each challenge is a header line of its own: some clients
 * read only the first scheme of a line.
 */
export const ALL_CHALLENGES: readonly string[] = [BEARER_CHALLENGE, BASIC_CHALLENGE];
