import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { preferredEncoding } from '../http/accept.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A file of the page, ready to be sent as it is or compressed. */
interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly br: Buffer;
}

/** The answer to a request for a file. */
interface PageAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** Null if the browser has the file already. */
  readonly body: Buffer | null;
}

/** The dashboard's own files, read and compressed once at the start. */
export class PageFiles {
  readonly #files = new Map<string, PageFile>();

  /** @throws Error if the folder is missing: the build copies it beside the compiled code. */
  constructor(folder: string = join(import.meta.dirname, 'page')) {
    const names = readdirSync(folder).filter((name) => extname(name) in TYPES);
    const modules = names.filter((name) => name.endsWith('.js'));
    for (const name of names) {
      const text = readFileSync(join(folder, name), 'utf8');
      this.#files.set(name, toPageFile(name, name.endsWith('.html') ? withPreloads(text, modules) : text));
    }
  }

  /** Returns the file of this name in the encoding that the browser prefers, or null if there is none. */
  answer(name: string, acceptEncoding = '', ifNoneMatch = ''): PageAnswer | null {
    const file = this.#files.get(name);
    if (file === undefined) return null;
    const { type, etag } = file;
    const headers = { etag, vary: 'accept-encoding', 'cache-control': 'no-cache' };
    if (ifNoneMatch.split(',').some((tag) => tag.trim() === etag)) return { headers, body: null };
    const encoding = preferredEncoding(acceptEncoding);
    return {
      headers: { ...headers, 'content-type': type, ...(encoding && { 'content-encoding': encoding }) },
      body: file[encoding ?? 'plain'],
    };
  }
}

function toPageFile(name: string, text: string): PageFile {
  const plain = Buffer.from(text);
  return {
    type: TYPES[extname(name)] ?? '',
    // Weak, because one tag stands for all encodings (RFC 9110 §8.8.1).
    etag: `W/"${hash('sha256', plain, 'hex').slice(0, 32)}"`,
    plain,
    gzip: gzipSync(plain),
    br: brotliCompressSync(plain),
  };
}

/** Lets the browser fetch all modules at once, instead of each one when another imports it. */
function withPreloads(html: string, modules: readonly string[]): string {
  const links = modules.map((name) => `    <link rel="modulepreload" href="dashboard/assets/${name}" />\n`);
  return html.replace('  </head>', `${links.join('')}  </head>`);
}
