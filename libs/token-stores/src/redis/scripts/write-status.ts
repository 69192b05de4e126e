import { GENERATION_OF } from './generation-of.ts';

/**
 * Writes the status record of a credential to the catalog.
 *
 * Invariant: of two status records the one with the later `at` stays, in any order of writing. At the same
 * `at` the last writer wins. A status record of a removed credential ends the removal,
 * unless the writer does not know of it: then nothing is written.
 *
 * - KEYS: 1 catalog hash
 * - ARGV: 1 credential name, 2 `at` of the status record (epoch ms), 3 status record as JSON,
 *   4 the highest generation that the writer knows
 * - Answer: nothing
 */
export const WRITE_STATUS = `${GENERATION_OF}
local name, at, status, known = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if redis.call('HGET', KEYS[1], 'x:' .. name) then
  if generation_of(redis.call('HGET', KEYS[1], 'g:' .. name)) > known then return end
end
local stored = redis.call('HGET', KEYS[1], 'r:' .. name)
if stored then
  local readable, earlier = pcall(cjson.decode, stored)
  local has_time = readable and type(earlier) == 'table' and type(earlier.at) == 'number'
  if has_time and earlier.at > tonumber(at) then return end
end
redis.call('HSET', KEYS[1], 'r:' .. name, status)
redis.call('HDEL', KEYS[1], 'x:' .. name)
`;
