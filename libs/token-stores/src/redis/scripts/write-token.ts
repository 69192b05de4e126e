import { ENSURE_HASH } from './ensure-hash.ts';
import { GENERATION_OF } from './generation-of.ts';
import { DIGEST_OF } from './hash-digest.ts';

/**
 * Writes a token or a removal.
 *
 * Invariant: the stored generation only increases, unless the caller has found that what is stored cannot be
 * opened. Redis decides, so of two writers with the same generation one wins. In the same step the current
 * token moves to the earlier tokens, still sealed. A failed PUBLISH, which an ACL may forbid, does not undo
 * the write.
 *
 * - KEYS: 1 token hash, 2 hash of earlier tokens
 * - ARGV: 1 generation, 2 sealed token ('' for a removal), 3 expiry (epoch ms), 4 time to live of the token
 *   hash (ms), 5 channel for hints, 6 hint of earlier versions, 7 signed hint, 8 time to live of the earlier
 *   tokens (ms), 9 maximum number of earlier tokens, 10 sealed removal note ('' for a token),
 *   11 digest of a content that cannot be opened
 * - Answer: {1 if accepted or 0, generation stored now}
 */
export const WRITE_TOKEN = `${GENERATION_OF}${DIGEST_OF}${ENSURE_HASH}
ensure_hash(KEYS[1])
ensure_hash(KEYS[2])
local generation, sealed, expires_at, keep = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local channel, keep_earlier, max_earlier = ARGV[5], tonumber(ARGV[8]), tonumber(ARGV[9])
local current = redis.call('HMGET', KEYS[1], 'generation', 'sealed', 'removed', 'ends')
local stored = generation_of(current[1])
local is_disproved = digest_of(current) == ARGV[11]
if tonumber(generation) <= stored and not is_disproved then return {0, stored} end
if current[2] and not is_disproved then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local current_expires_at = tonumber(current[4]) or now + keep_earlier
  redis.call('HSET', KEYS[2], stored, string.format('%.0f', current_expires_at) .. ' ' .. current[2])
  local kept = {}
  for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
    local over = tonumber(string.match(redis.call('HGET', KEYS[2], field), '^%d+')) or 0
    if over <= now then redis.call('HDEL', KEYS[2], field) else kept[#kept + 1] = field end
  end
  table.sort(kept, function(one, other) return generation_of(one) > generation_of(other) end)
  for place = max_earlier + 1, #kept do redis.call('HDEL', KEYS[2], kept[place]) end
  redis.call('PEXPIRE', KEYS[2], keep_earlier)
end
redis.call('HSET', KEYS[1], 'generation', generation)
if sealed == '' then
  redis.call('HDEL', KEYS[1], 'sealed', 'ends')
  redis.call('HSET', KEYS[1], 'removed', ARGV[10])
else
  redis.call('HDEL', KEYS[1], 'removed')
  redis.call('HSET', KEYS[1], 'sealed', sealed, 'ends', expires_at)
end
redis.call('PEXPIRE', KEYS[1], keep)
redis.pcall('PUBLISH', channel, ARGV[6])
redis.pcall('PUBLISH', channel, ARGV[7])
return {1, tonumber(generation)}
`;
