export { authenticate, type Authentication, type AuthenticationFailure } from './authentication.ts';
export type { Caller } from './caller.ts';
export { CallersFileProblem } from './callers-file-problem.ts';
export { CallersFile, type CallersFileHealth } from './callers-file.ts';
