/**
 * Reads what identifies stored tokens, without the tokens themselves.
 *
 * - KEYS: token hashes
 * - ARGV: none
 * - Answer: for each key {generation as stored, or false; SHA-1 of the sealed token in hex, '' without one,
 *   or for one that is larger than any that this service writes}
 */
export const FINGERPRINTS = `
local found = {}
for index, key in ipairs(KEYS) do
  local stored = redis.pcall('HMGET', key, 'generation', 'sealed')
  if stored.err and not string.find(stored.err, 'WRONGTYPE') then return stored end
  found[index] = {stored[1] or false, stored[2] and #stored[2] <= 65536 and redis.sha1hex(stored[2]) or ''}
end
return found
`;
