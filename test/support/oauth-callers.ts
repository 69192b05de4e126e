import { hash } from 'node:crypto';

/** A key with every character that some client encodes differently. */
export const ODD_KEY = `:%+ ~!*'()é&=`;
/** The same for clients that send ASCII only. */
export const ODD_ASCII_KEY = `:%+ ~!*'()&="\\`;
/** A key that looks as if it were encoded. */
export const ENCODED_LOOKING_KEY = 'a%41+b%3Ac';
export const PLAIN_KEY = 'key-of-catalog-sync-77aa';

const digest = (key: string): string => hash('sha256', key, 'hex');

/** A callers file for OAuth clients: two that may read `aem-…`, and one that may read nothing. */
export const OAUTH_CALLERS = `callers:
  - name: catalog-sync
    apiKeySha256: ["${digest(PLAIN_KEY)}"]
    tokens: ["aem-*"]
    permissions: [read, status, metrics]
  - name: odd-one
    apiKeySha256: ["${digest(ODD_KEY)}", "${digest(ODD_ASCII_KEY)}", "${digest(ENCODED_LOOKING_KEY)}"]
    tokens: ["aem-*"]
  - name: watcher
    apiKeySha256: ["${digest('key-of-watcher')}"]
    permissions: [status]
`;
