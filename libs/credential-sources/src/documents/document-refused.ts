import type { CredentialProblemCode } from '#libs/tokens';

/**
 * Ends the parsing of a document. Its message is the diagnosis: the fault and the remedy, never text of the
 * document.
 */
export class DocumentRefused extends Error {
  override readonly name = 'DocumentRefused';
  readonly code: CredentialProblemCode;

  constructor(code: CredentialProblemCode, diagnosis: string) {
    super(diagnosis);
    this.code = code;
  }
}
