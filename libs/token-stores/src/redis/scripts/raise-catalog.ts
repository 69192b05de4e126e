import { GENERATION_OF } from './generation-of.ts';

/**
 * Writes the generation of a credential to the catalog.
 *
 * Invariant: a generation in the catalog only increases, unless it is over 1000 above that of the token: no
 * writer of this service gets so far ahead, so another one planted it. A removal deletes the status record
 * and sets the time of removal. It also deletes every credential that was removed longer ago than the
 * retention.
 *
 * - KEYS: 1 catalog hash
 * - ARGV: 1 credential name, 2 generation, 3 '1' if it has a token or '0' for a removal, 4 retention
 * (seconds)
 * - Answer: nothing
 */
export const RAISE_CATALOG = `${GENERATION_OF}
local name, generation, has_token, keep = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local listed = generation_of(redis.call('HGET', KEYS[1], 'g:' .. name))
if tonumber(generation) <= listed and listed - tonumber(generation) <= 1000 then return end
redis.call('HSET', KEYS[1], 'g:' .. name, generation)
if has_token == '1' then
  redis.call('HDEL', KEYS[1], 'x:' .. name)
  return
end
local now = tonumber(redis.call('TIME')[1])
redis.call('HDEL', KEYS[1], 'r:' .. name)
redis.call('HSET', KEYS[1], 'x:' .. name, now)
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 2) == 'x:' then
    local removed_at = tonumber(redis.call('HGET', KEYS[1], field)) or 0
    local gone = string.sub(field, 3)
    if now - removed_at > keep then redis.call('HDEL', KEYS[1], 'g:' .. gone, 'r:' .. gone, field) end
  end
end
`;
