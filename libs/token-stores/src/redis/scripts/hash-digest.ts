/**
 * Lua function `digest_of(hash)`: identifies the content of a token hash, given as its `generation`, `sealed`
 * and `removed`.
 */
export const DIGEST_OF = `
local function digest_of(hash)
  return redis.sha1hex((hash[1] or '') .. ' ' .. (hash[2] or '') .. ' ' .. (hash[3] or ''))
end
`;
