/**
 * Replaces the value of a key, unless it has changed. A key of another type has the value `?`.
 *
 * - KEYS: 1 string
 * - ARGV: 1 expected value, '' for no key, 2 new value, 3 time to live (ms), 4 maximum size of a value
 *   (bytes)
 * - Answer: {1 if replaced or 0, value that was found, '' without one, epoch seconds, microseconds}; a larger
 *   value is cut
 */
export const REPLACE_VALUE = `
local found = redis.pcall('GET', KEYS[1])
if type(found) == 'table' then
  if not string.find(found.err, 'WRONGTYPE') then return found end
  found = '?'
end
found = string.sub(found or '', 1, tonumber(ARGV[4]))
local time = redis.call('TIME')
if found ~= ARGV[1] then return {0, found, time[1], time[2]} end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return {1, found, time[1], time[2]}
`;
