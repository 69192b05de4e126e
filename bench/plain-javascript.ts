import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

/**
 * A program of this folder as JavaScript, for measured processes: Node's own type stripping would count towards
 * their start and their memory.
 * @param folder where the JavaScript goes
 */
export async function plainJavaScript(source: URL, folder: string): Promise<string> {
  const { outputText } = ts.transpileModule(await readFile(source, 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext },
  });
  const path = join(
    folder,
    fileURLToPath(source)
      .replace(/^.*[\\/]/, '')
      .replace(/\.ts$/, '.mjs'),
  );
  await writeFile(path, outputText);
  return path;
}
