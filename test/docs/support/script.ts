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
    // Transcripts call the program by the name that it has after an installation.
    'ims-token() { npx ims-token "$@"; }',
    // Each job has its own process group, so that all of its processes end with the script.
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
