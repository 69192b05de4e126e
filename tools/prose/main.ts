import { globSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { checkFile } from './check-file.ts';

const FILES = [
  '*.{md,ts,yml}',
  'docs/**/*.md',
  '{apps,libs,deploy}/**/*.md',
  '{apps,libs,test,bench,tools}/**/*.{ts,mjs,js}',
  'apps/**/*.{html,css}',
  'deploy/**/*.{mjs,yml,yaml,tpl,txt}',
];
const isIgnored = (path: string): boolean => /(?:^|\/)(?:node_modules|dist|\.sandbox)(?:\/|$)/.test(path);

const { values, positionals } = parseArgs({
  options: { files: { type: 'string', multiple: true } },
  allowPositionals: true,
});
const chosen = [...(values.files ?? []), ...positionals];
const paths = globSync(chosen.length > 0 ? chosen : FILES, { exclude: isIgnored }).filter((path) =>
  /\.(?:ts|mjs|js|md|html|css|ya?ml|tpl|txt)$/.test(path),
);

let count = 0;
for (const path of paths.toSorted()) {
  const source = readFileSync(path, 'utf8');
  for (const { offset, rule, phrase, instead } of checkFile(path, source)) {
    count += 1;
    const line = source.slice(0, offset).split('\n').length;
    console.log(`${path}:${line}  ${rule}  ${phrase}  → write ${instead}`);
  }
}
if (paths.length === 0) {
  console.error('No file matches.');
  process.exitCode = 2;
} else {
  console.log(`${count} findings in ${paths.length} files`);
  process.exitCode = count > 0 ? 1 : 0;
}
