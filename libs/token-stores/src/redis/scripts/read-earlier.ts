import { ENSURE_HASH } from './ensure-hash.ts';
import { GENERATION_OF } from './generation-of.ts';

/**
 * Reads the earlier tokens with the highest generations.
 *
 * - KEYS: 1 hash of earlier tokens
 * - ARGV: 1 maximum number of tokens, 2 maximum size of a value (bytes)
 * - Answer: {generation, expiry and sealed token...}
 */
export const READ_EARLIER = `${GENERATION_OF}${ENSURE_HASH}
ensure_hash(KEYS[1])
local fields = redis.call('HKEYS', KEYS[1])
table.sort(fields, function(one, other) return generation_of(one) > generation_of(other) end)
local answer = {}
for place = 1, math.min(#fields, tonumber(ARGV[1])) do
  local value = redis.call('HGET', KEYS[1], fields[place])
  if #value <= tonumber(ARGV[2]) then
    answer[#answer + 1] = fields[place]
    answer[#answer + 1] = value
  end
end
return answer
`;
