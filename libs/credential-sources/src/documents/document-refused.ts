import type { CredentialProblemCode } from '#libs/tokens';

/** Ends the parsing of a document. Its message is the diagnosis people read: what is wrong and what to do, never the document's text. */
export class DocumentRefused extends Error {
  override readonly name = 'DocumentRefused';
  readonly code: CredentialProblemCode;

  constructor(code: CredentialProblemCode, diagnosis: string) {
    super(diagnosis);
    this.code = code;
  }
}
