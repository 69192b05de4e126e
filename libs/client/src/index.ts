export type { CallerAuth, TokenClientOptions } from './client-options.ts';
export { retryAfter, sendRequest, type ServiceResponse } from './send-request.ts';
export { createTokenClient, type GetTokenOptions, type TokenClient } from './token-client.ts';
export { TokenServiceError } from './token-service-error.ts';
