export type {
  Authentication,
  AuthenticationFailure,
  AuthenticationMethod,
  ClientAuthentication,
  Sender,
} from './authentication.ts';
export { makeCallerKey } from './caller-key.ts';
export type { Caller, Permission } from './caller.ts';
export { parseCallers } from './callers-document.ts';
export { CallersFileProblem, CallersFileUnreadable } from './callers-file-problem.ts';
export { CallersFile } from './callers-file.ts';
export type { VerificationGate } from './jwt-authenticator.ts';
export type { IssuerEvent } from './issuer-keys.ts';
export { JWT_ALGORITHMS } from './verify-token.ts';
