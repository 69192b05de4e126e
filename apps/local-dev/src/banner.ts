import { relative } from 'node:path';

import { SAMPLE_CREDENTIAL, type SandboxFolder } from './sandbox-folder.ts';

interface RunningEnvironment {
  readonly serviceOrigin: string;
  readonly imsOrigin: string;
  readonly folder: SandboxFolder;
  /** What the developer should know, one sentence each. */
  readonly notices: readonly string[];
}

/** The text that is printed after the start: addresses, files, and curl lines that work unchanged. */
export function banner({ serviceOrigin, imsOrigin, folder, notices }: RunningEnvironment): string {
  const relativePath = (path: string): string => relative(process.cwd(), path);
  const key = `"Authorization: Bearer $(cat '${folder.callerKey}')"`;
  const token = `${serviceOrigin}/v1/tokens/${SAMPLE_CREDENTIAL}`;
  return `
  Token service   ${serviceOrigin}
  IMS sandbox     ${imsOrigin}   (a stand-in for Adobe IMS, and for AEM below /aem/)
  Credentials     ${relativePath(folder.credentialFolder)}/   (one NAME.json each; add or change files while this runs)
  Callers         ${relativePath(folder.callersFile)}
  Caller key      ${relativePath(folder.callerKey)}

  Get a token:

    curl -H ${key} ${token}

  Use it against AEM (the sandbox's):

    curl -H "Authorization: Bearer $(curl -s -H 'Accept: text/plain' -H ${key} ${token})" ${imsOrigin}/aem/content.json

  Get the status of all credentials:

    curl -H ${key} ${serviceOrigin}/v1/status

  Or open the dashboard in a browser. Log in with the caller key, or as the caller demo with the key as password:

    ${serviceOrigin}/dashboard

  All routes, each with a curl line:

    ${serviceOrigin}/docs

${notices.map((notice) => `  Note: ${notice}\n\n`).join('')}  Ctrl-C stops everything.

`;
}
