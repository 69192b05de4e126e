import type { Operation } from './operation.ts';

/** A curl command that sends this request, with $KEY in place of the caller's key. */
export function curlExample({ method, path, access, body, curl = [] }: Operation, url: string): string {
  const words = [
    'curl',
    ...(method === 'get' || body !== undefined ? [] : ['-X POST']),
    ...(access === 'caller' ? ['-H "Authorization: Bearer $KEY"'] : []),
    ...(access === 'client' ? ['-u "catalog-sync:$KEY"'] : []),
    ...curl,
    ...bodyWords(body),
    url + path.replaceAll('{name}', 'aem-dev').replaceAll('{file}', 'page.css'),
  ];
  return words.join(' ');
}

function bodyWords(body: Operation['body']): string[] {
  if (body === undefined) return [];
  return body.type === 'application/json'
    ? [`--json '${JSON.stringify(body.example)}'`]
    : Object.entries(body.example).map(([name, value]) => `-d ${name}=${value}`);
}
