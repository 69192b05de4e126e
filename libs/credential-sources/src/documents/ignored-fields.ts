import type { DocumentNotice } from './document-notice.ts';
import { isJsonObject, type JsonObject } from './unwrap-document.ts';

/** Fields that look like settings, in lower case without `_` and `-`, and what sets that instead. */
const LOOK_LIKE_SETTINGS: ReadonlyMap<string, string> = new Map([
  ...[
    'imsendpoint',
    'imshost',
    'imsurl',
    'imsorigin',
    'imsbaseurl',
    'imsserver',
    'ims',
    'tokenendpoint',
    'tokenurl',
  ].map((name) => [name, 'the endpoint of IMS is set by `imsEndpoint`, in this spelling'] as const),
  ...['proxy', 'httpsproxy', 'httpproxy'].map(
    (name) => [name, 'the service reads HTTPS_PROXY of its environment'] as const,
  ),
  ...['timeout', 'expiresin', 'ttl'].map(
    (name) => [name, 'IMS alone decides how long a token lives'] as const,
  ),
  ...['granttype', 'audience', 'aud'].map((name) => [name, 'the kind of the document decides it'] as const),
]);
/** The spelling that the service reads. */
const READ = new Set(['imsEndpoint']);

/** Warns of fields that have no effect although a reader may expect one. Their spelling is a known word. */
export function ignoredFields(document: JsonObject): readonly DocumentNotice[] {
  const holders = [document, document['integration'], document['oauth_server_to_server']].filter(
    isJsonObject,
  );
  // The service reads the settings of a document where its other fields are.
  const inner = holders.length > 1 ? holders.slice(1) : holders;
  return holders.flatMap((holder) =>
    Object.keys(holder).flatMap((name) => {
      if (READ.has(name) && !inner.includes(holder) && holder[name] !== null) return [outsideOf(name)];
      const instead = READ.has(name)
        ? undefined
        : LOOK_LIKE_SETTINGS.get(name.toLowerCase().replaceAll(/[_-]/g, ''));
      if (instead === undefined || holder[name] === null) return [];
      return [{ code: 'field_ignored', diagnosis: `\`${name}\` has no effect: ${instead}.` } as const];
    }),
  );
}

const outsideOf = (name: string): DocumentNotice => ({
  code: 'field_ignored',
  diagnosis: `\`${name}\` has no effect beside the credential: move it inside, to the client id.`,
});
