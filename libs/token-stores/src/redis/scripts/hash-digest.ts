/**
 * Lua function `digest_of(hash)`: identifies the content of a token hash, given as its `generation`, `sealed`
 * and `removed`. It reads no more than the size of a value that this service writes.
 */
export const DIGEST_OF = `
local function digest_of(hash)
  local text = ''
  for place = 1, 3 do
    local value = hash[place] or ''
    text = text .. #value .. ' ' .. string.sub(value, 1, 65536)
  end
  return redis.sha1hex(text)
end
`;
