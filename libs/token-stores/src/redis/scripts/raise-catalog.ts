import { ENSURE_HASH } from './ensure-hash.ts';

/**
 * Writes the generation of a credential to the catalog.
 *
 * Invariant: a generation in the catalog only increases, unless the caller has found that the record there is
 * not authentic. A removal deletes the status record. It also deletes every credential that was removed
 * longer ago than the retention.
 *
 * - KEYS: 1 catalog hash
 * - ARGV: 1 credential name, 2 generation, 3 its signed record, 4 signed record of the removal, '' if it has
 *   a token, 5 record that is not authentic, 6 retention (seconds), 7 maximum size of a record
 * - Answer: the record that is there instead, or nothing if it was written
 */
export const RAISE_CATALOG = `${ENSURE_HASH}
ensure_hash(KEYS[1])
local name, generation, signed, removal, disproved = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local listed = redis.call('HGET', KEYS[1], 'g:' .. name)
if listed and listed ~= disproved and #listed <= tonumber(ARGV[7]) then
  local known = string.match(listed, '^%S+ (%d+)$')
  if known and #known <= 12 and tonumber(known) >= tonumber(generation) then return listed end
end
redis.call('HSET', KEYS[1], 'g:' .. name, signed)
if removal == '' then
  redis.call('HDEL', KEYS[1], 'x:' .. name)
  return false
end
redis.call('HDEL', KEYS[1], 'r:' .. name)
redis.call('HSET', KEYS[1], 'x:' .. name, removal)
local now = tonumber(redis.call('TIME')[1])
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 2) == 'x:' then
    local removed_at = tonumber(string.match(redis.call('HGET', KEYS[1], field), '^%S+ (%d+)') or 0)
    local gone = string.sub(field, 3)
    if now - removed_at > tonumber(ARGV[6]) then
      redis.call('HDEL', KEYS[1], 'g:' .. gone, 'r:' .. gone, field)
    end
  end
end
return false
`;
