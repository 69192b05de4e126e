import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

/**
 * Compiles a program of this folder to JavaScript and returns its path. In a measured process, the type
 * stripping of Node.js would count as start time and memory.
 * @param folder the folder of the JavaScript file
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
