declare const brand: unique symbol;

/** The name of a credential, such as `aem-dev`. Safe in URLs, file names, Redis keys and metric labels. */
export type CredentialName = string & { readonly [brand]: 'credential-name' };

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** The rule for names of credentials and callers, as error messages state it. */
export const NAME_RULE =
  '1 to 63 characters: lower-case letters, digits, ".", "_" and "-", starting with a letter or digit';

export const isName = (text: string): boolean => NAME.test(text);

/** Returns the text as a credential name; null where it breaks NAME_RULE. */
export const toCredentialName = (text: string): CredentialName | null =>
  isName(text) ? (text as CredentialName) : null;
