export type {
  Authentication,
  AuthenticationFailure,
  ClientAuthentication,
  KeyFailure,
} from './authentication.ts';
export type { Caller } from './caller.ts';
export { parseCallers } from './callers-document.ts';
export { CallersFileProblem } from './callers-file-problem.ts';
<<<<<<< HEAD
export { CallersFile } from './callers-file.ts';
=======
export { CallersFile, type CallersFileHealth } from './callers-file.ts';
export type { IssuerEvent } from './issuer-keys.ts';
>>>>>>> 46b9947 (Know callers by the tokens of their OIDC issuers: keys held through outages, verified tokens remembered, no fetch at a caller's will)
