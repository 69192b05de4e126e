import { describe, expect, it } from 'vitest';

import { commandBlocks, pages } from './support/pages.ts';

/** A file with a document, a key, a token or an environment, without a folder before it. */
const BARE_SECRET = /(?<![\w/.~$-])(?!package|values|sbom|policy)[\w-]+\.(?:json|key|env|pem)\b/g;

describe('the commands of the pages', () => {
  it.each(pages())('put documents, keys and tokens into the folder that git and npm ignore: %s', (page) => {
    const bare = commandBlocks(page).flatMap(({ place, text }) =>
      [...text.matchAll(BARE_SECRET)].map(([name]) => `${place}: ${name}`),
    );
    expect(bare).toEqual([]);
  });
});
