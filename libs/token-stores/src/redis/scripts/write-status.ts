/**
 * Writes the status record of a credential to the catalog.
 *
 * Invariant: of two status records the one with the later `at` stays, in any order of writing. At the same
 * `at` the last writer wins. A status record of a removed credential ends the removal.
 *
 * - KEYS: 1 catalog hash
 * - ARGV: 1 credential name, 2 `at` of the status record (epoch ms), 3 status record as JSON
 * - Answer: nothing
 */
export const WRITE_STATUS = `
local name, at, status = ARGV[1], ARGV[2], ARGV[3]
local stored = redis.call('HGET', KEYS[1], 'r:' .. name)
if stored then
  local readable, earlier = pcall(cjson.decode, stored)
  local has_time = readable and type(earlier) == 'table' and type(earlier.at) == 'number'
  if has_time and earlier.at > tonumber(at) then return end
end
redis.call('HSET', KEYS[1], 'r:' .. name, status)
redis.call('HDEL', KEYS[1], 'x:' .. name)
`;
