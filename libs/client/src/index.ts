export type { CallerAuth, TokenClientOptions } from './client-options.ts';
export { createTokenClient, type GetTokenOptions, type TokenClient } from './token-client.ts';
export { TokenServiceError } from './token-service-error.ts';
