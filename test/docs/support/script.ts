import type { CommandBlock } from './pages.ts';

/** The exit code of `curl --fail` for an error answer. */
const CURL_REFUSED = 22;

/** Joins all blocks of a page into one bash script, so that they share variables as in a terminal. */
export function toScript(blocks: readonly CommandBlock[]): string {
  const parts = blocks.map((block) => {
    const commands = toCommands(block);
    return `at=${block.place}\n${asMarked(block, commands)}\n`;
  });
  return [
    'set -euo pipefail',
    // Transcripts show the program as it is called once it is installed. What npx would start is started
    // directly: npx itself takes longer than the program. Commands that a page writes with npx still run npx.
    'program=$PWD/apps/cli/src/main.ts',
    'ims-token() { node --conditions=source "$program" "$@"; }',
    // A job is a group of its own, so that all of it ends with the script.
    'set -m',
    `trap 'code=$?; [ $code = 0 ] || echo "failed at $at" >&2; for job in $(jobs -p); do kill -- -$job || true; done; wait || true; exit $code' EXIT`,
    ...parts,
  ].join('\n');
}

function asMarked({ isBackground, isRefused }: CommandBlock, commands: string): string {
  if (isBackground) return `{\n${commands}\n} &`;
  if (!isRefused) return commands;
  return `( ${commands} ) && code=0 || code=$?\n[ $code = ${CURL_REFUSED} ] || { echo "ended with $code" >&2; exit 1; }`;
}

function toCommands({ language, text }: CommandBlock): string {
  switch (language) {
    case 'python':
      return `python3 - <<'END_OF_PYTHON'\n${text}\nEND_OF_PYTHON`;
    // A transcript of a terminal: input follows the prompt, the other lines are output.
    case 'console':
      return text
        .split('\n')
        .filter((line) => line.startsWith('$ '))
        .map((line) => line.slice(2))
        .join('\n');
    default:
      return text;
  }
}
