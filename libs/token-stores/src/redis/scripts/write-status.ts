import { ENSURE_HASH } from './ensure-hash.ts';

/**
 * Writes the status record of a credential to the catalog.
 *
 * Invariant: of two status records the one with the later `at` stays, in any order of writing. At the same
 * `at` the last writer wins. A status record of a removed credential ends the removal, unless the writer does
 * not know of it: then nothing is written. Records that the caller has found not to be authentic, or that are
 * larger than any that this service writes, do not count.
 *
 * - KEYS: 1 catalog hash
 * - ARGV: 1 credential name, 2 `at` of the status record (epoch ms), 3 signed status record, 4 the highest
 *   generation that the writer knows, 5 removal and 6 status record that are not authentic,
 *   7 maximum size of a record
 * - Answer: the field of the record that forbids the writing and that record, or nothing if it was written
 */
export const WRITE_STATUS = `${ENSURE_HASH}
ensure_hash(KEYS[1])
local name, at, signed, known = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local function counts(record, disproved)
  return record and record ~= disproved and #record <= tonumber(ARGV[7])
end
local removal = redis.call('HGET', KEYS[1], 'x:' .. name)
if counts(removal, ARGV[5]) then
  local generation = string.match(removal, '^%S+ %d+ (%d+)$')
  if generation and tonumber(generation) > known then return {'x:' .. name, removal} end
end
local stored = redis.call('HGET', KEYS[1], 'r:' .. name)
if counts(stored, ARGV[6]) then
  local earlier = tonumber(string.match(stored, '^%S+ ([%d.]+) '))
  if earlier and earlier > at then return {'r:' .. name, stored} end
end
redis.call('HSET', KEYS[1], 'r:' .. name, signed)
redis.call('HDEL', KEYS[1], 'x:' .. name)
return false
`;
