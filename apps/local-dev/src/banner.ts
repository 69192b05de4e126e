import { relative } from 'node:path';

import { SAMPLE_CREDENTIAL, type SandboxFolder } from './sandbox-folder.ts';

interface Running {
  readonly serviceOrigin: string;
  readonly imsOrigin: string;
  readonly folder: SandboxFolder;
}

/** What a person needs to go on: where everything is, and two lines that work as they stand. */
export function banner({ serviceOrigin, imsOrigin, folder }: Running): string {
  const here = (path: string): string => relative(process.cwd(), path);
  const key = `"Authorization: Bearer $(cat '${folder.callerKey}')"`;
  const token = `${serviceOrigin}/v1/tokens/${SAMPLE_CREDENTIAL}`;
  return `
  Token service   ${serviceOrigin}
  IMS sandbox     ${imsOrigin}   (a stand-in for Adobe IMS, and for AEM below /aem/)
  Credentials     ${here(folder.credentialFolder)}/   (one NAME.json each; add or change files while this runs)
  Callers         ${here(folder.callersFile)}
  Caller key      ${here(folder.callerKey)}

  Get a token:

    curl -H ${key} ${token}

  Use it against AEM (the sandbox's):

    curl -H "Authorization: Bearer $(curl -s -H 'Accept: text/plain' -H ${key} ${token})" ${imsOrigin}/aem/content.json

  See its health:

    curl -H ${key} ${serviceOrigin}/v1/status

  Or in the browser, with the caller key (or as the caller demo, with the key as its password):

    ${serviceOrigin}/dashboard

  Every route, with a curl line each:

    ${serviceOrigin}/docs

  Ctrl-C stops everything.

`;
}
