import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeWorkplace, type RunningService } from '../support/token-service.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let answer: Response;
let page: string;

beforeAll(async () => {
  workplace = await makeWorkplace();
  service = await workplace.startService({ PUBLIC_URL: 'https://tokens.example' });
  answer = await fetch(`${service.origin}/docs`);
  page = await answer.text();
});

afterAll(() => workplace.close());

const all = (pattern: RegExp): string[] => [...page.matchAll(pattern)].map(([, found = '']) => found);

describe('/docs', () => {
  it('shows every request that /openapi.json describes, with a curl command', async () => {
    const { paths } = (await (await fetch(`${service.origin}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    const shown = all(/<code>(\/[^<]*)<\/code>\s*<a/g);
    expect(new Set(shown)).toEqual(new Set(Object.keys(paths)));
    expect(all(/<code>(curl [^<]*)<\/code>/g)).toHaveLength(shown.length);
    expect(page).toContain(
      'curl -H &quot;Authorization: Bearer $KEY&quot; https://tokens.example/v1/tokens/aem-dev',
    );
  });

  it('allows its own style and nothing else', () => {
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const [style = ''] = all(/<style>([^]*)<\/style>/g);
    expect(answer.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\sstyle=|@import|url\(/);
  });

  it('has a target for every link', () => {
    const places = new Set(all(/\sid="([^"]+)"/g));
    const links = all(/\shref="#([^"]+)"/g);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !places.has(link))).toEqual([]);
    expect(all(/\shref="([^#"][^"]*)"/g)).toEqual(['openapi.json']);
  });
});
