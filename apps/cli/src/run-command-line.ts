import { CommandFailure, usageFailure } from './command-failure.ts';
import type { Command } from './command.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { complain, note, print, printJson } from './output.ts';

const HELP = `ims-token: for the teams that look after Adobe IMS credentials

  ims-token check FILE         says whether a credential document is good, and what is wrong with it
  ims-token put NAME FILE      checks a document and stores it in AWS Secrets Manager
  ims-token promote NAME       puts the version that "put --pending" stored in use
  ims-token get NAME           asks a running service for a token
  ims-token revoke NAME        has a running service replace a token, and Adobe IMS revoke it
  ims-token caller-key NAME    makes a caller's key and its lines for the callers file

FILE may be "-" for standard input. "ims-token COMMAND --help" tells more.

Exit codes: 0 good; 1 the document, the credential or the request is at fault; 2 usage; 3 no answer from AWS, IMS or
the service; 4 not now, try again later; 70 a defect of this program.`;

/** Loaded when asked for, so that no command waits for another's libraries. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['check', async () => (await import('./commands/check.ts')).check],
  ['put', async () => (await import('./commands/put.ts')).put],
  ['promote', async () => (await import('./commands/promote.ts')).promote],
  ['get', async () => (await import('./commands/get.ts')).get],
  ['revoke', async () => (await import('./commands/revoke.ts')).revoke],
  ['caller-key', async () => (await import('./commands/caller-key.ts')).callerKey],
]);

const asksForHelp = (arg: string | undefined): boolean => arg === '--help' || arg === '-h';

/** Runs `ims-token` with these arguments and says how it ended. Never throws. */
export async function runCommandLine([name, ...args]: readonly string[]): Promise<ExitCode> {
  if (asksForHelp(name) || name === 'help') {
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
    if (!args.some(asksForHelp)) return await command.run(args);
    print(command.help);
    return EXIT.good;
  } catch (error) {
    return reportFailure(error, name, args.includes('--json'));
  }
}

function reportFailure(error: unknown, name: string | undefined, asJson: boolean): ExitCode {
  if (!(error instanceof CommandFailure)) {
    // Its message may quote what it failed at, which may be a secret; the frames below it can't.
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
