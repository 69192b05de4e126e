export { readAwsError, type AwsErrorKind } from './aws/aws-error.ts';
export { openAwsAccess } from './aws/open-aws-access.ts';
export { AwsCredentialsFailure } from './aws/credentials/aws-credentials-failure.ts';
export { AwsSecretsManagerSource } from './aws/aws-secrets-manager-source.ts';
export { parseCredential } from './documents/parse-credential.ts';
export type { SkippedDocument } from './documents/skipped-document.ts';
export { FileCredentialSource } from './files/file-credential-source.ts';
export { ADOBE_ORIGINS, AllowedOrigins } from './origins/allowed-origins.ts';
export { parseProxyUrl, useEnvironmentProxy } from './proxy/environment-proxy.ts';
