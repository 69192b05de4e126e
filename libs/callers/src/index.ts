export { authenticate, type Authentication, type AuthenticationFailure } from './authentication.ts';
export type { Caller } from './caller.ts';
export type { CallerRegistry } from './caller-registry.ts';
export { CallersFileProblem } from './callers-document.ts';
export { CallersFile, type CallersFileHealth } from './callers-file.ts';
