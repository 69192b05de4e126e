import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  readonly status: number;
  readonly body?: string;
}

type Script = (request: IncomingMessage) => Answer | 'hang';

/** Stands in for STS, IMDS, a container endpoint or the Pod Identity agent. It stops with its scope. */
export class CredentialEndpoint implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly #server;

  private constructor(script: Script) {
    this.#server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url}`);
      const answer = script(request);
      if (answer === 'hang') return;
      response.writeHead(answer.status);
      response.end(answer.body);
    });
  }

  static async start(script: Script): Promise<CredentialEndpoint> {
    const endpoint = new CredentialEndpoint(script);
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** An error in the words of AWS's query protocol, as STS answers it. Its message must never be printed. */
export const stsError = (code: string, status = 403): Answer => ({
  status,
  body:
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>' +
    `<Code>${code}</Code><Message>MARKED eyJhbGciOi</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
});

/** A successful AssumeRoleWithWebIdentity. */
export const stsCredentials = (accessKeyId: string, secretAccessKey: string): Answer => ({
  status: 200,
  body:
    '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>' +
    `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>` +
    `<SessionToken>session</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>` +
    '</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>',
});

/** The environment of a process with no AWS settings but these. Nothing of the machine shows through. */
export const awsEnvironment = (settings: Readonly<Record<string, string>>): Record<string, string> => ({
  AWS_REGION: 'eu-central-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
  AWS_MAX_ATTEMPTS: '1',
  ...settings,
});
