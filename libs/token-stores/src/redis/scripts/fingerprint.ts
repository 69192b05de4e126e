/**
 * Reads what identifies a stored token, without the token itself.
 *
 * - KEYS: 1 token hash
 * - ARGV: none
 * - Answer: {generation as stored, or false; SHA-1 of the sealed token in hex, '' where there is none}
 */
export const FINGERPRINT = `
local stored = redis.call('HMGET', KEYS[1], 'generation', 'sealed')
return {stored[1], stored[2] and redis.sha1hex(stored[2]) or ''}
`;
