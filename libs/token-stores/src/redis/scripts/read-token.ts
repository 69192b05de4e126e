import { ENSURE_HASH } from './ensure-hash.ts';
import { DIGEST_OF } from './hash-digest.ts';

/**
 * Reads a token or a removal.
 *
 * - KEYS: 1 token hash
 * - ARGV: 1 maximum size of a value (bytes)
 * - Answer: {generation, sealed token, sealed removal note, digest of these}; false for what is missing, ''
 *   for a larger value
 */
export const READ_TOKEN = `${DIGEST_OF}${ENSURE_HASH}
ensure_hash(KEYS[1])
local hash = redis.call('HMGET', KEYS[1], 'generation', 'sealed', 'removed')
local answer = {false, false, false, digest_of(hash)}
for place = 1, 3 do
  if hash[place] then answer[place] = #hash[place] <= tonumber(ARGV[1]) and hash[place] or '' end
end
return answer
`;
