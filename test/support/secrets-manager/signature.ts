import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { ApiError } from './api-error.ts';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const LARGEST_SKEW = 5 * 60_000;

/** A key pair the server knows. */
export interface KnownKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/**
 * Checks an AWS Signature Version 4 as AWS does (IAM User Guide, "Create a signed AWS API request").
 * @throws ApiError
 */
export function checkSignature(request: SignedRequest, key: KnownKey): void {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw new ApiError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  const match = AUTHORIZATION.exec(authorization);
  if (match === null) {
    throw new ApiError('IncompleteSignatureException', 'Authorization header is not in the expected form.');
  }
  const [, accessKeyId = '', day = '', region = '', service = '', signedHeaders = '', signature = ''] = match;
  if (accessKeyId !== key.accessKeyId) {
    throw new ApiError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  if (region !== key.region) throw refused('Credential should be scoped to a valid region.');
  if (service !== 'secretsmanager')
    throw refused("Credential should be scoped to correct service: 'secretsmanager'.");
  const time = String(request.headers['x-amz-date']);
  if (!time.startsWith(day))
    throw refused('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP');
  if (Math.abs(Date.now() - parseTime(time)) > LARGEST_SKEW) throw refused(`Signature expired: ${time}`);

  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical(request, signedHeaders))}`;
  const dayKey = hmac(`AWS4${key.secretAccessKey}`, day);
  const signingKey = hmac(hmac(hmac(dayKey, region), service), 'aws4_request');
  if (!timingSafeEqual(hmac(signingKey, text), Buffer.from(signature, 'hex'))) {
    throw refused(
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function canonical({ method, path, headers, body }: SignedRequest, signedHeaders: string): string {
  const [pathname = '', query = ''] = path.split('?');
  const names = signedHeaders.split(';');
  for (const name of ['host', 'x-amz-date', 'x-amz-target']) {
    if (!names.includes(name)) throw refused(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  const lines = names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  return [method, pathname, query, lines.join(''), signedHeaders, sha256(body)].join('\n');
}

/** `20260115T120000Z` as epoch milliseconds. */
function parseTime(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.slice(1) ?? [];
  return Date.parse(`${parts.slice(0, 3).join('-')}T${parts.slice(3).join(':')}Z`);
}

function refused(message: string): ApiError {
  return new ApiError('InvalidSignatureException', message);
}
