/**
 * Reads some fields of a hash.
 *
 * - KEYS: 1 hash
 * - ARGV: 1 maximum size of a value (bytes), names of fields...
 * - Answer: {value or false...}; false also for a larger value
 */
export const READ_FIELDS = `
local answer, max_size = {}, tonumber(ARGV[1])
for place = 2, #ARGV do
  local value = redis.call('HGET', KEYS[1], ARGV[place])
  answer[place - 1] = value and #value <= max_size and value
end
return answer
`;
