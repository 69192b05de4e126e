import { readSecretFile } from '#libs/token-stores';

/** The variables that hold a secret. Each can be given as a file instead: NAME_FILE is its path. */
const SECRET_VARIABLES = ['REDIS_URL', 'TOKEN_ENCRYPTION_KEYS'];

type Environment = Readonly<Record<string, string | undefined>>;

/** An environment with the secrets of files in place of their variables. */
interface FilledEnvironment {
  readonly env: Environment;
  /** Names the file where a problem is about its content; drops one that follows from an unreadable file. */
  readonly attribute: (problem: string) => string[];
}

/** Reads the files that hold secrets. Adds to `problems` for each file that cannot be used. */
export function fillFromFiles(env: Environment, problems: string[]): FilledEnvironment {
  const filled: Record<string, string | undefined> = { ...env };
  const files = new Map<string, string>();
  for (const name of SECRET_VARIABLES) {
    const path = env[`${name}_FILE`];
    if (!path) continue;
    files.set(name, path);
    if (env[name]) {
      problems.push(`${name}, ${name}_FILE: both are set: set one of them`);
      continue;
    }
    try {
      filled[name] = readSecretFile(path);
    } catch (error) {
      problems.push(`${name}_FILE: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const attribute = (problem: string): string[] => {
    const name = /^(\w+): /.exec(problem)?.[1] ?? '';
    const path = files.get(name);
    if (path === undefined) return [problem];
    return filled[name] ? [problem.replace(`${name}: `, `${name}_FILE: the content of ${path}: `)] : [];
  };
  return { env: filled, attribute };
}
