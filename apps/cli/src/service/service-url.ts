import { usageFailure } from '../command-failure.ts';
import { warn } from '../output.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The URL of a path such as `v1/tokens/aem-dev` at a service.
 * @param base the value of `--url`
 * @throws CommandFailure when that is not the address of a service
 */
export function serviceUrl(base: string | undefined, path: string): URL {
  if (base === undefined) throw usageFailure('--url is missing: the address of the service.');
  const url = URL.parse(base.endsWith('/') ? base : `${base}/`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw usageFailure('--url must be the address of the service, such as https://tokens.example');
  }
  if (url.username !== '' || url.password !== '') {
    throw usageFailure('--url must hold no user or password; the key comes from --key-file.');
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    warn(`The key and the token go to ${url.host} unencrypted.`);
  }
  return new URL(path, url);
}
