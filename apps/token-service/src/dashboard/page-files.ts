import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

import { StaticContent } from '../http/static-content.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The dashboard's own files, read and compressed once at the start. */
export class PageFiles {
  readonly #files = new Map<string, StaticContent>();

  /** @throws Error if the folder is missing: the build copies it beside the compiled code. */
  constructor(folder: string = join(import.meta.dirname, 'page')) {
    const names = readdirSync(folder).filter((name) => extname(name) in TYPES);
    const modules = names.filter((name) => name.endsWith('.js'));
    for (const name of names) {
      const text = readFileSync(join(folder, name), 'utf8');
      const content = name.endsWith('.html') ? withPreloads(text, modules) : text;
      this.#files.set(name, new StaticContent(TYPES[extname(name)] ?? '', content));
    }
  }

  /** Returns the file of this name, or undefined if there is none. */
  get(name: string): StaticContent | undefined {
    return this.#files.get(name);
  }
}

/** Lets the browser fetch all modules at once, instead of each one when another imports it. */
function withPreloads(html: string, modules: readonly string[]): string {
  const links = modules.map((name) => `    <link rel="modulepreload" href="dashboard/assets/${name}" />\n`);
  return html.replace('  </head>', `${links.join('')}  </head>`);
}
