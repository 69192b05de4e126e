import type { CommandBlock } from './pages.ts';

/** How curl ends where the answer is a refusal and it was told to `fail`. */
const CURL_REFUSED = 22;

/** One bash script of all the blocks of a page: what one block sets, the next one has, as in a reader's terminal. */
export function toScript(blocks: readonly CommandBlock[]): string {
  const parts = blocks.map((block) => {
    const commands = toCommands(block);
    return `at=${block.place}\n${asMarked(block, commands)}\n`;
  });
  return [
    'set -euo pipefail',
    // Transcripts show the program as it is called once it is installed.
    'ims-token() { npx ims-token "$@"; }',
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
    // A terminal's transcript: what follows the prompt was typed, the rest was answered.
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
