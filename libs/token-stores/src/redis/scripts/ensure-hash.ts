/**
 * Lua function `ensure_hash(key)`: deletes a key that is no hash, as this service writes none there.
 * Otherwise one foreign value would make the whole store unusable.
 */
export const ENSURE_HASH = `
local function ensure_hash(key)
  local probe = redis.pcall('HGET', key, '')
  if type(probe) == 'table' and string.find(probe.err, 'WRONGTYPE') then redis.call('DEL', key) end
end
`;
