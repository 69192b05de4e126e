export { ADOBE_ORIGINS, AllowedOrigins } from './allowed-origins.ts';
export { AwsSecretsManagerSource } from './aws-secrets-manager-source.ts';
export { FileCredentialSource } from './file-credential-source.ts';
export { parseCredential } from './parse-credential.ts';
export type { SkippedDocument } from './skipped-document.ts';
