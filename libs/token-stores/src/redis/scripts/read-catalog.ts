import { ENSURE_HASH } from './ensure-hash.ts';

/**
 * Reads the whole catalog, unless it is larger than any that this service writes.
 *
 * - KEYS: 1 catalog hash
 * - ARGV: 1 maximum number of fields, 2 maximum size of a value, 3 maximum size of all (bytes)
 * - Answer: {1, name of a field, its value...} without larger values, or {0} where the catalog is too large
 */
export const READ_CATALOG = `${ENSURE_HASH}
ensure_hash(KEYS[1])
local max_fields, max_size, max_total = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local length = redis.pcall('HLEN', KEYS[1])
-- The rights that earlier versions asked for are without HLEN.
if type(length) ~= 'number' then length = #redis.call('HKEYS', KEYS[1]) end
if length > max_fields then return {0} end
local answer, total = {1}, 0
local all = redis.call('HGETALL', KEYS[1])
for place = 1, #all, 2 do
  if #all[place] <= 128 and #all[place + 1] <= max_size then
    total = total + #all[place + 1]
    answer[#answer + 1] = all[place]
    answer[#answer + 1] = all[place + 1]
  end
end
if total > max_total then return {0} end
return answer
`;
