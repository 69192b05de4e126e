declare const brand: unique symbol;

/** The name platform teams gave a credential, such as `aem-dev`; safe in URLs, file names, Redis keys and metric labels. */
export type CredentialName = string & { readonly [brand]: 'credential-name' };

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** What a name may look like, in words for error messages. Caller names follow the same rule. */
export const NAME_RULE =
  '1 to 63 characters: lower-case letters, digits, ".", "_" and "-", starting with a letter or digit';

export const isName = (text: string): boolean => NAME.test(text);

/** The text as a credential name, or null where it breaks NAME_RULE. */
export const toCredentialName = (text: string): CredentialName | null =>
  isName(text) ? (text as CredentialName) : null;
