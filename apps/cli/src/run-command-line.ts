import { CommandFailure, usageFailure } from './command-failure.ts';
import type { Command } from './command.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { complain, note, print, printJson } from './output.ts';

const HELP = `ims-token: for the teams that manage Adobe IMS credentials

  ims-token check FILE         checks a credential document and reports its faults
  ims-token put NAME FILE      checks a document and stores it in AWS Secrets Manager
  ims-token promote NAME       puts the version that "put --pending" stored in use
  ims-token get NAME           requests a token from a running service
  ims-token revoke NAME        replaces a token at a running service and revokes it at Adobe IMS
  ims-token caller-key NAME    creates a caller's key and its lines for the callers file

FILE may be "-" for standard input. "ims-token COMMAND --help" describes one command.

Exit codes: 0 success; 1 the document, the credential or the request is at fault; 2 usage; 3 no answer from AWS, IMS
or the service; 4 a transient failure, try again later; 70 a defect of this program.`;

/** Imports each command on demand, so that no command waits for the libraries of another. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['check', async () => (await import('./commands/check.ts')).check],
  ['put', async () => (await import('./commands/put.ts')).put],
  ['promote', async () => (await import('./commands/promote.ts')).promote],
  ['get', async () => (await import('./commands/get.ts')).get],
  ['revoke', async () => (await import('./commands/revoke.ts')).revoke],
  ['caller-key', async () => (await import('./commands/caller-key.ts')).callerKey],
]);

const wantsHelp = (arg: string | undefined): boolean => arg === '--help' || arg === '-h';

/** Runs `ims-token` with these arguments and returns its exit code. Never throws. */
export async function runCommandLine([name, ...args]: readonly string[]): Promise<ExitCode> {
  if (wantsHelp(name) || name === 'help') {
    print(HELP);
    return EXIT.good;
  }
  try {
    const load = COMMANDS.get(name ?? '');
    if (load === undefined) {
      const known = `The commands are ${[...COMMANDS.keys()].join(', ')}.`;
      throw usageFailure(name === undefined ? `Which command? ${known}` : `No such command. ${known}`);
    }
    const command = await load();
    if (!args.some(wantsHelp)) return await command.run(args);
    print(command.help);
    return EXIT.good;
  } catch (error) {
    return reportFailure(error, name, args.includes('--json'));
  }
}

function reportFailure(error: unknown, name: string | undefined, asJson: boolean): ExitCode {
  if (!(error instanceof CommandFailure)) {
    // The message of an unknown error may quote a secret; the stack frames cannot.
    const frames = error instanceof Error ? error.stack?.match(/^\s+at .*$/gm)?.join('\n') : undefined;
    complain(
      `ims-token itself failed (${error instanceof Error ? error.name : typeof error}). Please report it.`,
    );
    if (frames !== undefined) note(frames);
    return EXIT.defect;
  }
  const { code, message, exitCode } = error;
  if (asJson) printJson({ ok: false, code, diagnosis: message });
  const isUsage = code === 'usage';
  complain(isUsage ? message : `${code}: ${message}`);
  if (isUsage) note(`See: ims-token ${COMMANDS.has(name ?? '') ? `${name} ` : ''}--help`);
  return exitCode;
}
