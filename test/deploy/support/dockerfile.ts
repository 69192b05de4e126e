/** One instruction: its name, flags (`--from=build`) and the rest of its line. */
export interface Instruction {
  readonly name: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly rest: string;
}

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** Reads a Dockerfile into its stages. Build arguments before the first stage have their defaults. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  const defaults = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const { name, flags, rest } = parseInstruction(line);
    if (name === 'FROM') {
      const [, base = '', stage = ''] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
      const named = base.replace(/^\$\{(\w+)\}$/, (_, argument: string) => defaults.get(argument) ?? '');
      stages.push({ name: stage, base: named, instructions: [] });
      continue;
    }
    if (name === 'ARG' && stages.length === 0) {
      const [argument = '', value = ''] = rest.split('=');
      defaults.set(argument, value);
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`before any FROM: ${line}`);
    stage.instructions.push({ name, flags, rest });
  }
  return stages;
}

/** The exec form, `["node", "main.js"]`. */
export function execForm(stage: Stage, name: 'CMD' | 'HEALTHCHECK'): string[] {
  const [, list] = /^(?:CMD )?(\[.*\])$/.exec(only(stage, name).rest) ?? [];
  if (list === undefined) throw new Error(`${name} is not in the exec form`);
  return JSON.parse(list) as string[];
}

/** The one instruction of this name. */
export function only(stage: Stage, name: string): Instruction {
  const [found, ...more] = stage.instructions.filter((instruction) => instruction.name === name);
  if (found === undefined || more.length > 0) throw new Error(`expected one ${name}`);
  return found;
}

function logicalLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

function parseInstruction(line: string): Instruction {
  const [, name = '', tail = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
  if (name === '') throw new Error(`not an instruction: ${line}`);
  const flags: Record<string, string> = {};
  let rest = tail;
  for (;;) {
    const [all, flag, value] = /^--([a-z-]+)=(\S+)\s+/.exec(rest) ?? [];
    if (all === undefined || flag === undefined || value === undefined) return { name, flags, rest };
    flags[flag] = value;
    rest = rest.slice(all.length);
  }
}
