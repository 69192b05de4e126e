const ADOBE_HOSTS = ['*.adobe.io', '*.adobeaemcloud.com', '*.adobe.com'];
/** A host name without port or scheme, or an IPv6 address in brackets; `*.` may stand in front of a name. */
const PATTERN =
  /^(?:(?:\*\.)?[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])$/;

/**
 * Returns whether a host name, as `URL` has it, fits one of the patterns.
 * @throws TypeError for a pattern that is no host name
 */
export function toHostRule(patterns: readonly string[] = ADOBE_HOSTS): (hostname: string) => boolean {
  if (!Array.isArray(patterns) || !patterns.every((pattern) => isPattern(pattern)))
    throw new TypeError(
      'allowedHosts must be a list of host names without scheme and port, such as author.example or *.example',
    );
  const rules = patterns.map((pattern) => pattern.toLowerCase());
  return (hostname) => {
    // A trailing dot names the same host.
    const host = hostname.replace(/\.$/, '');
    return rules.some((rule) => (rule.startsWith('*.') ? host.endsWith(rule.slice(1)) : host === rule));
  };
}

const isPattern = (pattern: unknown): boolean =>
  typeof pattern === 'string' && PATTERN.test(pattern.toLowerCase());
