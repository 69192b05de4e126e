export { AllowedOrigins } from './allowed-origins.ts';
export { FileCredentialSource } from './file-credential-source.ts';
export { parseCredential } from './parse-credential.ts';
export type { SkippedDocument, SkippedDocumentListener } from './skipped-document.ts';
