/**
 * Reads the next part of a hash.
 *
 * - KEYS: 1 hash
 * - ARGV: 1 cursor, 2 about how many fields, 3 maximum size of a value (bytes)
 * - Answer: {next cursor, name of a field, its value...} without larger values; the cursor is '0' at the end
 */
export const SCAN_FIELDS = `
local found = redis.pcall('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
-- The rights that earlier versions asked for are without HSCAN.
if found.err then return {'0'} end
local answer, all = {found[1]}, found[2]
for place = 1, #all, 2 do
  if #all[place] <= 128 and #all[place + 1] <= tonumber(ARGV[3]) then
    answer[#answer + 1] = all[place]
    answer[#answer + 1] = all[place + 1]
  end
end
return answer
`;
