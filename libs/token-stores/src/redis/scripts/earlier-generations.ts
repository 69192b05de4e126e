/**
 * Lists the generations of earlier tokens. A hash with more fields than this service writes was planted, and
 * counts as empty.
 *
 * - KEYS: hashes of earlier tokens
 * - ARGV: none
 * - Answer: for each key its fields
 */
export const EARLIER_GENERATIONS = `
local found = {}
for index, key in ipairs(KEYS) do
  local length = redis.pcall('HLEN', key)
  local is_planted = type(length) == 'number' and length > 64
  found[index] = is_planted and {} or redis.call('HKEYS', key)
end
return found
`;
