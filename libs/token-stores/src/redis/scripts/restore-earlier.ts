/**
 * Puts back earlier tokens that were lost. A hash with more fields than this service writes was planted,
 * and is replaced.
 *
 * Invariant: a token that is there stays, and no more than the maximum are there.
 *
 * - KEYS: 1 hash of earlier tokens
 * - ARGV: 1 time to live (ms), 2 maximum number, then for each token its generation and its value
 * - Answer: nothing
 */
export const RESTORE_EARLIER = `
local length = redis.pcall('HLEN', KEYS[1])
if type(length) == 'number' and length > 64 then redis.call('DEL', KEYS[1]) end
local there, count = {}, 0
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  there[field] = true
  count = count + 1
end
for index = 3, #ARGV, 2 do
  if count < tonumber(ARGV[2]) and not there[ARGV[index]] then
    redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1])
    count = count + 1
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
`;
